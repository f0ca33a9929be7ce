import { expect, test } from 'vitest';
import { Failure } from '../../model/failure.ts';
import { possiblePaths, routeFor } from '../../model/network-modes.ts';
import type { NetworkStack } from '../../model/network-stack.ts';
import type { Observed } from '../../model/observed.ts';
import { type Path, pathId } from '../../model/path.ts';
import type { DeploymentOrder, DeployOutcome } from '../../model/stage.ts';
import { chosenModes } from './chosen-modes.ts';
import { type InspectDocument, inspectDocumentSchema, type RunningMode } from './document.ts';
import { inspectedMode } from './inspected-mode.ts';
import { renderInspect } from './render-inspect.ts';

const lo = { name: 'lo', index: 1, kind: 'loopback', up: true, mtu: 65536, addresses: ['127.0.0.1'] };
const host: NetworkStack = {
  namespace: 'net:[1]',
  interfaces: [
    lo,
    { name: 'docker0', index: 2, kind: 'bridge', up: true, mtu: 1500, addresses: ['172.17.0.1'] },
    {
      name: 'veth1',
      index: 9,
      linkIndex: 8,
      kind: 'veth',
      master: 'docker0',
      up: true,
      mtu: 1500,
      addresses: [],
    },
  ],
  routes: [{ destination: 'default', gateway: '192.0.2.1', device: 'eth0' }],
  listeners: [
    { protocol: 'tcp', address: '0.0.0.0', port: 22, pid: 3, command: 'sshd' },
    { protocol: 'tcp', address: '198.18.0.1', port: 20001, pid: 31, command: 'docker-proxy' },
    { protocol: 'tcp', address: '127.0.0.1', port: 20002, pid: 77, command: 'nginx' },
  ],
  resolver: { kind: 'host', nameservers: ['192.0.2.53'] },
};
const apart: NetworkStack = {
  namespace: 'net:[2]',
  interfaces: [
    lo,
    {
      name: 'eth0',
      index: 8,
      linkIndex: 9,
      kind: 'veth',
      up: true,
      mtu: 1500,
      addresses: ['172.17.0.2', 'fe80::1'],
    },
  ],
  routes: [{ destination: 'default', gateway: '172.17.0.1', device: 'eth0' }],
  listeners: [{ protocol: 'tcp', address: '0.0.0.0', port: 8080, pid: 77, command: 'nginx' }],
  resolver: { kind: 'docker', nameservers: ['127.0.0.11'] },
};

function orderFor(path: Path, hostPort: number): DeploymentOrder {
  const laid = routeFor(path);
  if (!laid.possible) throw new Error(`no such path: ${pathId(path)}`);
  return {
    deployment: { server: 'nginx', path: pathId(path), role: 'contender' },
    route: laid.route,
    agent: { kind: 'standing' },
    hostPort,
    addressIndex: 0,
    nameSuffix: path.mode,
    environmentPaddingBytes: 0,
    bodyBytes: 1,
  };
}

function deployed(path: Path, hostPort: number, changes: Partial<Observed>): DeployOutcome {
  return {
    ok: true,
    deployed: {
      order: orderFor(path, hostPort),
      url: `http://198.18.0.1:${hostPort}/body`,
      claims: [],
      findings: [{ claim: 'its stack is its own', expected: 'a', observed: 'a', holds: true }],
      raw: {},
      start: { startSeconds: 0.2, atOnce: 1 },
      standing: { host, server: apart, hostPort, serverPid: 77, ...changes },
    },
  };
}

function running(outcome: DeployOutcome): RunningMode {
  const mode = inspectedMode(outcome);
  if (mode.status !== 'running') throw new Error(`${mode.mode} failed: ${mode.message}`);
  return mode;
}

const bridged = deployed({ mode: 'bridge', vantage: 'external', address: 'published' }, 20_001, {
  connection: {
    agent: { address: '198.18.0.2', port: 4000 },
    dialled: { address: '198.18.0.1', port: 20_001 },
    peers: [{ address: '198.18.0.2', port: 4000 }],
    conntrack: { found: false, why: 'not asked' },
  },
});
const inHost = deployed({ mode: 'host', vantage: 'external' }, 20_002, { server: host });

test('all modes that can be laid are shown, each once, seen from as far outside as can be', () => {
  const shown = chosenModes([]);
  expect(new Set(shown.map(({ mode }) => mode))).toEqual(new Set(possiblePaths().map(({ mode }) => mode)));
  expect(shown.find(({ mode }) => mode === 'host')).toEqual({ mode: 'host', vantage: 'external' });
  expect(shown.find(({ mode }) => mode === 'none')?.vantage).toBe('inside');
  expect(chosenModes(['bridge', 'host', 'bridge']).map(({ mode }) => mode)).toEqual(['bridge', 'host']);
});

test('an unknown mode is refused with the nearest, a known one that cannot be laid with the reason', () => {
  const refusal = (word: string): unknown => {
    try {
      return chosenModes([word]);
    } catch (error) {
      return error;
    }
  };
  expect(refusal('brigde')).toMatchObject({ kind: 'usage', hint: expect.stringContaining('"bridge"') });
  expect(refusal('overlay')).toMatchObject({ kind: 'usage', message: expect.stringContaining('overlay') });
});

test('bridge: its end on the host, who is bound to its port there, and whom the server sees', () => {
  expect(running(bridged)).toMatchObject({
    namespaceOf: 'server',
    command: 'docker run -p 127.0.0.1:20001:8080 nginx',
    hostEnds: [{ name: 'veth1', master: 'docker0' }],
    onHost: [{ address: '198.18.0.1', port: 20_001, command: 'docker-proxy', pid: 31 }],
    client: { address: '198.18.0.2', port: 4000 },
  });
});

test("host mode: no interface was created, and the server itself is bound to the host's port", () => {
  expect(running(inHost)).toMatchObject({
    namespaceOf: 'host',
    hostEnds: [],
    onHost: [{ address: '127.0.0.1', port: 20_002, command: 'nginx', pid: 77 }],
  });
});

test("mapped: the holder's stack", () => {
  const path = { mode: 'mapped', vantage: 'external', address: 'published' } as const;
  expect(running(deployed(path, 20_003, { holder: apart })).namespaceOf).toBe('holder');
});

const failed: DeployOutcome = {
  ok: false,
  order: orderFor({ mode: 'macvlan', vantage: 'external', address: 'container' }, 20_004),
  error: new Failure('casesFailed', 'the engine refused', { hint: 'Load the module.' }),
};
const document: InspectDocument = {
  engine: { version: '28.0.0', apiVersion: '1.47', stack: 'machine', address: 'unix:///var/run/docker.sock' },
  host,
  modes: [inHost, bridged, failed].map(inspectedMode),
  discardedPorts: {
    command: 'docker run --network host -p 127.0.0.1:20005:8080 …',
    warnings: ['Published ports are discarded when using host network mode'],
    bound: false,
  },
};

test('the document is what its schema says', () => {
  expect(inspectDocumentSchema.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
});

test('side by side: each mode under its name, no line wider than the terminal', () => {
  const text = renderInspect(document, 130);
  const [, table = ''] = text.split('\n\n');
  expect(table.split('\n')[0]).toMatch(/^ +host +bridge +macvlan$/);
  expect(text).toMatch(/interfaces +the host's \(3\): none was created.* lo 127\.0\.0\.1/);
  expect(text).toMatch(/name servers +the host's, 192\.0\.2\.53 +Docker's embedded server,/);
  expect(text).toMatch(/on the host +no interface +veth1 \(veth, port of docker0\)/);
  expect(text).not.toContain('fe80');
  expect(text).toContain('the engine refused');
  expect(text).toContain('"Published ports are discarded when using host network mode"');
  for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(130);
});

test("of the host's listeners only the server's own are shown as what it listens on", () => {
  expect(renderInspect(document, 130)).not.toMatch(/listens.*sshd/);
});

test('an engine that says nothing about discarded ports: that is said, and whether anybody is bound', () => {
  const silent = { command: 'docker run …', warnings: [], bound: true };
  const text = renderInspect({ ...document, discardedPorts: silent }, 80);
  expect(text).toContain("The engine's API gives no warning.");
  expect(text).toContain('Another process listens on that port');
});
