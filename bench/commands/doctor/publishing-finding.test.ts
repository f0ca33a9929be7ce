import { expect, test } from 'vitest';
import { publishingFinding } from './publishing-finding.ts';

test.each([
  [
    true,
    false,
    /^IPv4: DNAT, or docker-proxy .*; IPv6: docker-proxy \(userland-proxy=true, ip6tables off\)$/,
  ],
  [true, true, /; IPv6: DNAT .*, else docker-proxy \(userland-proxy=true, ip6tables on\)$/],
  [false, true, /^IPv4: DNAT; IPv6: DNAT .*, else not forwarded \(userland-proxy=false, ip6tables on\)$/],
  [false, false, /^IPv4: DNAT; IPv6: not forwarded \(userland-proxy=false, ip6tables off\)$/],
])('userland-proxy=%s, ip6tables %s: who carries what', (userlandProxy, ip6tables, message) => {
  const finding = publishingFinding({ publishing: { userlandProxy, iptables: true, ip6tables } });
  expect(finding).toMatchObject({ level: 'ok', message: expect.stringMatching(message) });
});

test.each([
  [true, 'IPv4: docker-proxy; IPv6: docker-proxy (userland-proxy=true, iptables=false, ip6tables off)'],
  [false, 'IPv4: not forwarded; IPv6: not forwarded (userland-proxy=false, iptables=false, ip6tables off)'],
])('an engine that writes no rules leaves IPv4 to docker-proxy as well: %s', (userlandProxy, message) => {
  const publishing = { userlandProxy, iptables: false, ip6tables: false };
  expect(publishingFinding({ publishing })).toMatchObject({ level: 'ok', message });
});

test('a configuration file that is newer than the daemon does not hold, and that is said', () => {
  const publishing = { userlandProxy: true, iptables: true, ip6tables: false };
  expect(publishingFinding({ publishing, changedFile: '/etc/docker/daemon.json' })).toMatchObject({
    level: 'warning',
    message: expect.stringMatching(/userland-proxy=true.*daemon\.json has changed since dockerd started/),
    hint: expect.stringMatching(/restart the engine/),
  });
});

test('an engine that does not show how it publishes is not guessed at', () => {
  expect(publishingFinding({})).toMatchObject({
    level: 'ok',
    message: expect.stringMatching(/^bench cannot read the settings of the engine/),
  });
});
