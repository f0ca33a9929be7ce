import { beforeAll, expect, test } from 'vitest';
import { type InspectDocument, inspectDocumentSchema, type RunningMode } from '../inspect/document.ts';
import { printed } from '../printed.fixture.ts';
import { temporaryDirectory } from './bench-process.fixture.ts';
import { usersMachine } from './users-machine.fixture.ts';

const machine = usersMachine();
let document: InspectDocument;

beforeAll(async () => {
  await using directory = await temporaryDirectory();
  const { exitCode, stdout, stderr } = await machine.bench(['inspect', '--json'], directory.path);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  document = printed(inspectDocumentSchema, stdout);
});

function seen(mode: string): RunningMode {
  const found = document.modes.find((it) => it.mode === mode);
  if (found?.status !== 'running') throw new Error(`${mode} was not seen: ${found?.message}`);
  return found;
}

function names({ server }: RunningMode): readonly string[] {
  return server.interfaces.map(({ name }) => name).sort();
}

test('every claim about where a server stands holds, in every mode', () => {
  for (const { mode } of document.modes) {
    const { findings } = seen(mode);
    expect(findings.filter(({ holds }) => !holds)).toEqual([]);
    expect(findings.length).toBeGreaterThan(0);
  }
});

test("host: the host's stack, no interface of its own, the server itself bound to the port", () => {
  const mode = seen('host');
  expect(mode.server.namespace).toBe(document.host?.namespace);
  expect(mode.hostEnds).toEqual([]);
  expect(mode.server.resolver?.kind).toBe('host');
  expect(mode.onHost.length).toBeGreaterThan(0);
  for (const listener of mode.onHost)
    expect(listener).toMatchObject({ pid: mode.serverPid, command: 'nginx' });
});

test("published ports with host mode: discarded in Docker's own words, and nobody is bound to the port", () => {
  expect(document.discardedPorts?.warnings.join('\n')).toMatch(/published ports are discarded/i);
  expect(document.discardedPorts?.bound).toBe(false);
});

test('bridge: a veth whose other end is a port of a bridge of the host, the way out by that bridge', () => {
  const mode = seen('bridge');
  expect(names(mode)).toEqual(['eth0', 'lo']);
  const [end] = mode.hostEnds;
  const bridge = document.host?.interfaces.find(({ name }) => name === end?.master);
  expect(bridge?.kind).toBe('bridge');
  const way = mode.server.routes.find(({ destination }) => destination === 'default');
  expect(bridge?.addresses).toContain(way?.gateway);
});

test("a network of the user's has Docker's embedded DNS server; the default bridge the host's servers", () => {
  const mode = seen('user-bridge');
  expect(mode.server.resolver).toEqual({ kind: 'docker', nameservers: ['127.0.0.11'] });
  expect(mode.server.listeners.some(({ address }) => address === '127.0.0.11')).toBe(true);
  expect(seen('bridge').server.resolver?.kind).not.toBe('docker');
});

test("mapped, none, macvlan and native: the holder's stack, only lo, a child of the link, no container", () => {
  expect(seen('mapped').namespaceOf).toBe('holder');
  expect(names(seen('none'))).toEqual(['lo']);
  expect(seen('none').server.routes).toEqual([]);
  expect(
    seen('macvlan')
      .server.interfaces.map(({ kind }) => kind)
      .sort(),
  ).toEqual(['loopback', 'macvlan']);
  expect(seen('macvlan').onHost).toEqual([]);
  expect(seen('native').namespaceOf).toBe('host');
});

test('inspect leaves nothing behind', async () => {
  await machine.nothingIsLeft();
});
