import { expect, test } from 'vitest';
import { orderFor } from './parts.fake.ts';
import { only, started, threeModes } from './started-stage.fixture.ts';

test('a reading asks for what the path needs, and keeps what is absent absent', async () => {
  const traffic = { rxPackets: 30, txPackets: 12, rxBytes: 1, txBytes: 1 };
  const { stage, inspector } = await started({
    grow: (_, nth) =>
      nth === 1
        ? // Before the first slice: does this engine run a docker-proxy for a published port?
          { seconds: 0, proxies: { 20002: { cpuSeconds: 0, pids: [77, 78] } } }
        : {
            cgroups: { server: { cpuSeconds: 0.2 }, agent: { cpuSeconds: 0.3, throttledSeconds: 0 } },
            stacks: { server: traffic },
            hostInterfaces: { 'bench-k3f9': traffic, docker0: traffic },
            dnat: { 20002: { packets: 32, target: '172.17.0.2:8080' } },
            proxies: { 20002: { cpuSeconds: 0.01, pids: [77, 78] } },
            ownSeconds: 0.25,
          },
  });
  expect(stage.environment.engine).not.toHaveProperty('userlandProxy');
  const [host, bridge] = await stage.deploy(threeModes);
  if (host?.ok !== true || bridge?.ok !== true) throw new Error('not deployed');

  expect(await stage.read(bridge.deployed, 'before')).toEqual({
    atSeconds: 1,
    machine: expect.objectContaining({ busySeconds: 0 }),
    ownSeconds: 0.25,
    memoryStallSeconds: 0,
    server: { cpuSeconds: 0.2 },
    agent: { cpuSeconds: 0.3, throttledSeconds: 0 },
    proxySeconds: 0.01,
    dnatPackets: 32,
    serverStackPackets: 42,
    bridgeDevicePackets: 42,
    linkPackets: 42,
  });
  expect(stage.environment.engine.userlandProxy).toBe(true);
  const hostReading = await stage.read(host.deployed, 'after');
  for (const absent of ['proxySeconds', 'dnatPackets', 'serverStackPackets', 'bridgeDevicePackets']) {
    expect(hostReading).not.toHaveProperty(absent);
  }
  // The shims of all containers of the run are its own, whichever deployment is read.
  const [first, second] = inspector.journal.slice(-2).map(({ input }) => input);
  expect(first).toMatchObject({
    containers: expect.arrayContaining([...Object.values(Object(first).cgroups)]),
  });
  expect(new Set(Object(second).containers)).toEqual(new Set(Object(first).containers));
  expect(Object(first).containers.length).toBeGreaterThan(2);
  expect(inspector.journal.slice(-2).map(({ input }) => input)).toMatchObject([
    { edge: 'before', ports: [20002], hostInterfaces: ['bench-k3f9', 'docker0'] },
    { edge: 'after', ports: [], stacks: {}, hostInterfaces: ['bench-k3f9'] },
  ]);
});

test('what was cleared is not read', async () => {
  const { stage } = await started();
  const outcome = only(await stage.deploy([orderFor('host/external')]));
  await stage.clear();
  if (!outcome.ok) throw outcome.error;
  await expect(stage.read(outcome.deployed, 'before')).rejects.toThrow('is not deployed');
});
