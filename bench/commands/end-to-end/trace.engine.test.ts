import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { ContainerSpec, CreatedContainer } from '../../../runtime/engine/engine.ts';
import { printed } from '../printed.fixture.ts';
import { type TraceDocument, traceDocumentSchema } from '../trace/document.ts';
import { eventually, temporaryDirectory } from './bench-process.fixture.ts';
import { usersMachine } from './users-machine.fixture.ts';

/* `bench trace` on containers that are not bench's: the user's own, one on the bridge and one in the host's stack. */

const published = 21_881;
const inHostStack = 21_882;
const name = `users-web-${process.pid}`;

const machine = usersMachine();
const { nothingIsLeft } = machine;
let users: readonly CreatedContainer[] = [];
let bridgeAddress: string;
let containerAddress: string;

beforeAll(async () => {
  const { engine, image } = machine;
  const addresses = await machine.run('ip', '-j', '-4', 'addr', 'show', 'dev', 'docker0');
  bridgeAddress = JSON.parse(addresses)[0].addr_info[0].local;
  const spec = (
    changes: Pick<ContainerSpec, 'name' | 'attachment' | 'publish'>,
    ...listen: readonly string[]
  ) => ({
    image,
    command: ['/opt/bench/bin/serve.sh', 'nginx', '10', ...listen],
    labels: {},
    ...changes,
  });
  const publish = [{ containerPort: 8080, hostPort: published, hostAddresses: ['127.0.0.1', bridgeAddress] }];
  const web = await engine.create(spec({ name, attachment: { kind: 'bridge' }, publish }, '0.0.0.0:8080'));
  const hostWeb = await engine.create(
    spec(
      { name: `${name}-host`, attachment: { kind: 'host' } },
      `127.0.0.1:${inHostStack}`,
      `[::1]:${inHostStack}`,
    ),
  );
  users = [web, hostWeb];
  await Promise.all(users.map((it) => it.start()));
  containerAddress = (await engine.inspect(web.id))?.address ?? '';
  // Once a worker has answered, no process of the servers is still to come.
  for (const port of [published, inHostStack]) {
    const asked = `fetch('http://127.0.0.1:${port}/body').then((it) => process.exit(it.ok ? 0 : 1))`;
    const answers = async () => (await machine.tried(process.execPath, '-e', asked)).exitCode;
    await eventually(
      async () => (await answers()) === 0,
      async () => expect(await answers()).toBe(0),
    );
  }
  await machine.note();
}, 60_000);

afterAll(async () => {
  for (const { id } of users) await machine.engine.remove(id);
});

async function traced(url: string): Promise<TraceDocument> {
  const directory = await temporaryDirectory();
  onTestFinished(() => directory[Symbol.asyncDispose]());
  const { exitCode, stdout, stderr } = await machine.bench(['trace', '--json', url], directory.path);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return printed(traceDocumentSchema, stdout);
}

test("a port published on another address than loopback: DNAT, by the rule's number and counter", async () => {
  const { path, rules, connection, sentence, inspectedBy } = await traced(
    `http://${bridgeAddress}:${published}/`,
  );
  expect(path).toBe('dnat');
  expect(inspectedBy).toBe('container');
  const rule = rules.find(({ grew }) => grew > 0);
  expect(rule).toMatchObject({ target: `${containerAddress}:8080`, grew: 1 });
  expect(sentence).toContain(`rule ${rule?.number} of chain ${rule?.chain}`);
  expect(sentence).toContain(`container ${name}`);
  expect(connection?.farEnd).toMatchObject({ local: { address: containerAddress, port: 8080 } });
  await nothingIsLeft();
});

test('the same port by loopback: docker-proxy with its pid, or DNAT where there is no docker-proxy', async () => {
  const found = await machine.tried('pgrep', '-f', `docker-proxy .*-host-port ${published} `);
  const proxies = found.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(Number);
  const { path, connection, sentence } = await traced(`127.0.0.1:${published}`);
  if (proxies.length === 0) {
    expect(path).toBe('dnat');
    expect(sentence).not.toContain('docker-proxy');
  } else {
    expect(path).toBe('docker-proxy');
    expect(proxies).toContain(connection?.proxy?.pid);
    expect(connection?.farEnd?.peer.address).toBe(bridgeAddress);
  }
});

test("the container's own address: the bridge, untranslated", async () => {
  const { path, sentence, cannotTell } = await traced(`http://${containerAddress}:8080`);
  expect({ path, cannotTell }).toEqual({ path: 'bridge', cannotTell: [] });
  expect(sentence).toMatch(/docker0.*nginx/);
});

/** A rule of the user's that redirects one port of a loopback address to the server in the host's stack. */
async function redirect(program: 'iptables' | 'ip6tables', address: string, port: number): Promise<void> {
  const match = ['-d', address, '-p', 'tcp', '--dport', `${port}`];
  const to = `${address.includes(':') ? `[${address}]` : address}:${inHostStack}`;
  const change = (what: '-A' | '-D') =>
    machine.run(program, '-w', '-t', 'nat', what, 'OUTPUT', ...match, '-j', 'DNAT', '--to-destination', to);
  await change('-A');
  onTestFinished(async () => {
    await change('-D');
    await machine.note(); // the first rule of a table makes the table, which stays
  });
}

test('by IPv6 the rule is one of ip6tables, with its number and counter, and none that sees IPv4 only', async () => {
  const port = inHostStack + 1;
  await redirect('iptables', '127.0.0.1', port);
  await redirect('ip6tables', '::1', port);
  const { path, rules, sentence } = await traced(`http://[::1]:${port}/`);
  expect(path).toBe('dnat');
  expect(rules).toMatchObject([{ target: `[::1]:${inHostStack}`, grew: 1 }]);
  const [rule] = rules;
  expect(rule?.table).toMatch(/^ip6tables-(nft|legacy)$/);
  expect(sentence).toContain(`rule ${rule?.number} of chain OUTPUT (${rule?.table}; counter 0 → 1)`);
});

test("a server in the host's stack: no rule, no proxy, and whose process it is", async () => {
  const { path, sentence } = await traced(`127.0.0.1:${inHostStack}`);
  expect(path).toBe('loopback');
  expect(sentence).toContain(`container ${name}-host`);
  await nothingIsLeft();
});
