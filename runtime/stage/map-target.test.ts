import { expect, test } from 'vitest';
import type { Failure } from '../../bench/model/failure.ts';
import { fakeEngine } from '../engine/engine.fake.ts';
import type { ContainerSpec, ContainerState, Engine } from '../engine/engine.ts';
import { fakeInspector } from '../inspector/inspector.fake.ts';
import { joinTarget, type MapTarget, mapTarget, portsFor } from './map-target.ts';
import { fakeParts, orderFor } from './parts.fake.ts';
import { startStage } from './start-stage.ts';
import { only } from './started-stage.fixture.ts';

const publish = [
  { containerPort: 80, hostPort: 8080, hostAddresses: ['0.0.0.0'] },
  { containerPort: 8443, hostPort: 8443, hostAddresses: ['127.0.0.1'] },
];

interface Networks {
  readonly networks: ContainerState['networks'];
  /** Of the container's stack. */
  readonly gateway: string;
}

const onBridge: Networks = { networks: [{ name: 'bridge', gateway: '172.17.0.1' }], gateway: '172.17.0.1' };

function twoNetworks(gateway: string): Networks {
  return { networks: [...onBridge.networks, { name: 'a-net', gateway: '172.18.0.1' }], gateway };
}

/** The user's container `web`, first of its engine, whose stack has a server on port 80. */
async function web(
  changes: Partial<ContainerSpec>,
  { starts = true, loopback = ['127.0.0.1'], networks = onBridge } = {},
) {
  const fake = fakeEngine({ images: ['web:1'] });
  const engine: Engine = {
    ...fake,
    async inspect(id) {
      const state = await fake.inspect(id);
      const joins = state?.networkMode === 'bridge';
      return state === undefined || !joins ? state : { ...state, networks: networks.networks };
    },
  };
  const spec: ContainerSpec = {
    name: 'web',
    image: 'web:1',
    command: [],
    labels: {},
    attachment: { kind: 'bridge' },
    ...changes,
  };
  const other = await engine.create({ ...spec, name: 'other', attachment: { kind: 'bridge' }, publish: [] });
  await other.start();
  const attachment =
    changes.attachment?.kind === 'container' ? { kind: 'container', id: other.id } : spec.attachment;
  const container = await engine.create({ ...spec, attachment } as ContainerSpec);
  if (starts) await container.start();
  const pid = (await engine.inspect(container.id))?.pid ?? 0;
  const listener = { protocol: 'tcp' as const, address: '0.0.0.0', port: 80, pid, command: 'nginx' };
  const lo = { name: 'lo', index: 1, kind: 'loopback', up: true, mtu: 65536, addresses: loopback };
  const routes = [{ destination: 'default', gateway: networks.gateway, device: 'eth0' }];
  const stack = { namespace: 'net:[2]', interfaces: [lo], routes, listeners: [listener] };
  const inspector = fakeInspector({ stacks: { [String(pid)]: stack } });
  return { target: () => mapTarget(engine, inspector, 'web'), other, container };
}

async function refusal(promise: Promise<unknown>): Promise<Failure> {
  return promise.then(
    () => {
      throw new Error('it was not refused');
    },
    (error: Failure) => error,
  );
}

test('a container that runs on the bridge: its free ports are those on which nothing listens', async () => {
  const { target, container } = await web({ publish });
  expect(await target()).toMatchObject({
    id: container.id,
    name: 'web',
    published: [{ containerPort: 80 }, { containerPort: 8443 }],
    free: [{ containerPort: 8443, hostAddress: '127.0.0.1', hostPort: 8443 }],
  });
});

test('one that has stopped: how to start it', async () => {
  const { target } = await web({ publish }, { starts: false });
  expect(await refusal(target())).toMatchObject({
    kind: 'unfit',
    message: expect.stringMatching(/^the container web has stopped/),
    hint: expect.stringContaining('docker start web'),
  });
});

test('one in host mode: what that would measure, and that Docker discarded its ports', async () => {
  const { target } = await web({ attachment: { kind: 'host' }, publish });
  const { message, hint } = await refusal(target());
  expect(message).toBe("the container web is in host mode: its network stack is the host's");
  expect(hint).toMatch(/--mode host\. Docker discards its published ports \(80\/tcp, 8443\/tcp\)/);
  const { target: without } = await web({ attachment: { kind: 'host' } });
  expect((await refusal(without())).hint).not.toContain('discarded');
});

test('one that is itself mapped: to whom', async () => {
  const { target, other } = await web({ attachment: { kind: 'container', id: '' } });
  expect((await refusal(target())).hint).toBe(`Map to that container: --map-to ${other.id.slice(0, 12)}`);
});

test("whether the stack has ::1 is seen on the container's lo", async () => {
  expect(await (await web({})).target()).toMatchObject({ loopback6: false });
  expect(await (await web({}, { loopback: ['127.0.0.1', '::1'] })).target()).toMatchObject({
    loopback6: true,
  });
});

test('one without a network, and one that is not there', async () => {
  const { target } = await web({ attachment: { kind: 'none' } });
  expect((await refusal(target())).message).toBe('the container web is on the network none');
  const nobody = mapTarget(fakeEngine(), fakeInspector({ stacks: {} }), 'web');
  expect((await refusal(nobody)).message).toBe('there is no container web to map servers to');
});

const port = (containerPort: number, hostAddress = '0.0.0.0') => ({
  containerPort,
  hostAddress,
  hostPort: containerPort,
});
const target = (free: MapTarget['free'], published = free): MapTarget => ({
  id: 'a1',
  name: 'web',
  published,
  free,
  addresses: ['172.17.0.9'],
  loopback6: false,
});
const external = { path: 'mapped/external/published', dials: '198.18.0.1' };

test('each server takes a port of its own, where one has to be published', () => {
  const inside = { path: 'mapped/inside', dials: undefined };
  expect(portsFor([external, inside, external], target([port(80), port(81, '198.18.0.1')]))).toEqual([
    port(80),
    undefined,
    port(81, '198.18.0.1'),
  ]);
});

test('inside by IPv6 needs the ::1 of the container that is joined: where there is none, how to give it one', () => {
  const orders = [orderFor('mapped/inside', { hostPort: 20001 }), orderFor('mapped/inside/ipv6')];
  const without = target([]);
  expect(() => joinTarget(orders, without, {})).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('the container web has no ::1'),
      hint: expect.stringContaining('--sysctl net.ipv6.conf.lo.disable_ipv6=0'),
    }),
  );
  expect(joinTarget(orders.slice(0, 1), without, {})).toHaveLength(1);
  const joined = joinTarget(orders, { ...without, loopback6: true }, {});
  expect(joined.map(({ joins }) => joins?.containerId)).toEqual(['a1', 'a1']);
});

test.each<[string, string, string, boolean]>([
  ['0.0.0.0', 'mapped/external/published', '198.18.0.1', true],
  ['0.0.0.0', 'mapped/external/published/ipv6', 'fdbe:6e63:c612:1::1', false],
  ['0.0.0.0', 'mapped/host/loopback/ipv6', '::1', false],
  ['::', 'mapped/external/published/ipv6', 'fdbe:6e63:c612:1::1', true],
  ['::', 'mapped/host/loopback/ipv6', '::1', true],
  ['::', 'mapped/external/published', '198.18.0.1', false],
  ['fdbe:6e63:c612:1::1', 'mapped/external/published/ipv6', 'fdbe:6e63:c612:1::1', true],
])('published on %s, dialled on %s at %s: reached %s', (address, path, dials, reached) => {
  const given = target([port(8081, address)]);
  if (reached) return expect(portsFor([{ path, dials }], given)).toEqual(given.free);
  const socket = address.includes(':') ? `[${address}]:8081` : `${address}:8081`;
  expect(() => portsFor([{ path, dials }], given)).toThrow(
    `the container web publishes ${socket}, but ${path} dials ${dials}`,
  );
});

test('of several networks the engine takes one for published ports: not the bridge, so they are refused by name', async () => {
  const { target } = await web({ publish }, { networks: twoNetworks('172.18.0.1') });
  const seen = await target();
  expect(() => portsFor([external], seen)).toThrow(
    expect.objectContaining({
      kind: 'unfit',
      message: 'the container web is on two networks (a-net, bridge): its published ports use a-net',
      hint: expect.stringContaining('--path mapped/host/container'),
    }),
  );
  const direct = { path: 'mapped/host/container', dials: undefined };
  expect(portsFor([direct], seen)).toEqual([undefined]);
});

test('of several networks it takes the bridge: what is published leads over it', async () => {
  const { target } = await web({ publish }, { networks: twoNetworks('172.17.0.1') });
  expect(await target()).not.toHaveProperty('elsewhere');
});

test('one that was taken off the bridge is not followed', async () => {
  const networks = { networks: [{ name: 'a-net', gateway: '172.18.0.1' }], gateway: '172.18.0.1' };
  const { target } = await web({ publish }, { networks });
  expect((await refusal(target())).message).toBe('the container web is on the network a-net');
});

test.each<[string, MapTarget, RegExp]>([
  [
    'publishes nothing',
    target([]),
    /^the container web publishes no port, so mapped\/external\/published cannot reach it/,
  ],
  [
    'has its own server on every port',
    target([], [port(80)]),
    /^every port .* web publishes \(80\) is in use inside it/,
  ],
  [
    'publishes elsewhere',
    target([port(80, '127.0.0.1')]),
    /publishes 127\.0\.0\.1:80, but .* dials 198\.18\.0\.1$/,
  ],
  ['publishes too few', target([port(80)]), /publishes 1 free port, too few/],
])('a container that %s', (_, given, message) => {
  expect(() => portsFor([external, external], given)).toThrow(
    expect.objectContaining({ kind: 'unfit', message: expect.stringMatching(message) }),
  );
});

test("a mapped server joins the user's container at the port that it publishes, and clear leaves that alone", async () => {
  const parts = fakeParts();
  const { engine } = parts;
  const publish = [{ containerPort: 8443, hostPort: 443, hostAddresses: ['0.0.0.0'] }];
  const users = await engine.create({
    name: 'users-own',
    image: parts.options.image,
    command: [],
    labels: {},
    attachment: { kind: 'bridge' },
    publish,
  });
  await users.start();
  const order = orderFor('mapped/external/published', { hostPort: 20003 });
  const mapTo = { container: 'users-own', routes: [order.route] };
  await using stage = await startStage({ ...parts.options, mapTo });
  expect(only(await stage.deploy([order]))).toMatchObject({
    deployed: { url: 'http://198.18.0.1:443/body' },
  });
  expect(parts.specs.get('bench-k3f9-mapped')).toMatchObject({
    attachment: { kind: 'container', id: users.id },
    command: expect.arrayContaining(['0.0.0.0:8443']),
  });
  await stage.clear();
  expect(engine.names()).toContain('users-own');
});

test('a container that cannot be joined ends the run before anything is measured, and nothing is left', async () => {
  const parts = fakeParts();
  const { route } = orderFor('mapped/external/published');
  const starting = startStage({ ...parts.options, mapTo: { container: 'nobody', routes: [route] } });
  await expect(starting).rejects.toThrow('there is no container nobody');
  expect(parts.engine.names()).toEqual([]);
});
