import { expect, test } from 'vitest';
import { parseDockerRules, readDockerRules } from './docker-rules.ts';
import { parseRuleset } from './firewall.ts';
import { dockerBridgesRuleset, emptyRuleset, iptablesNftRuleset } from './recorded-firewalls.fixture.ts';
import { recordedCommander } from './recorded-machine.fixture.ts';

/** `iptables-save -t nat` beside Engine 20.10.24, without published ports. */
const withProxy = `*nat
:PREROUTING ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A OUTPUT ! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE
-A DOCKER -i docker0 -j RETURN
COMMIT
`;
/** The same with --userland-proxy=false. */
const withoutProxy = withProxy
  .replace('! -d 127.0.0.0/8 ', '')
  .replace('-A DOCKER -i docker0 -j RETURN\n', '');

test("the engine's own rules show whether it runs docker-proxies", () => {
  expect(parseDockerRules(withProxy)).toEqual({ written: true, userlandProxy: true });
  expect(parseDockerRules(withoutProxy)).toEqual({ written: true, userlandProxy: false });
});

test('rules of others, or a chain that nothing leads to, are none of them', () => {
  expect(parseDockerRules('*nat\n:DOCKER - [0:0]\n-A POSTROUTING -j MASQUERADE\nCOMMIT\n')).toEqual({
    written: false,
  });
});

test('they are looked for where the rules are; what cannot be read is not guessed', async () => {
  const nft = parseRuleset(iptablesNftRuleset);
  const answering = recordedCommander({ 'iptables-nft-save -t nat': withoutProxy });
  expect(await readDockerRules(answering, nft)).toEqual({ written: true, userlandProxy: false });
  expect(await readDockerRules(recordedCommander({}), nft)).toBeUndefined();
  expect(await readDockerRules(answering, { ...nft, unread: 'not root' })).toBeUndefined();
  expect(await readDockerRules(answering, parseRuleset(emptyRuleset))).toEqual({ written: false });
  const own = parseRuleset(dockerBridgesRuleset);
  expect(await readDockerRules(recordedCommander({}), own)).toEqual({ written: true });
});
