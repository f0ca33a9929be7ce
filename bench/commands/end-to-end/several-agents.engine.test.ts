import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type TestEngine, testEngine } from '../../../runtime/test-engine.fixture.ts';
import { measureAlone } from '../../model/load-agent.ts';
import { routeFor } from '../../model/network-modes.ts';
import { parsePathId } from '../../model/path.ts';
import type { DeploymentOrder } from '../../model/stage.ts';
import { stageOnEngine } from './stage-on-engine.fixture.ts';

/* Two load agents that share the load, at every kind of vantage, on a real engine. */

let real: TestEngine;
beforeAll(async () => {
  real = await testEngine();
});
afterAll(async () => {
  await real?.[Symbol.asyncDispose]();
});

const runId = '20261129T020000Z-two1';
const paths = [
  'bridge/external/published',
  'bridge/host/container',
  'bridge/neighbor/container',
  'bridge/inside',
];

const orders = paths.map((id, index): DeploymentOrder => {
  const path = parsePathId(id);
  const laid = path && routeFor(path);
  if (laid?.possible !== true) throw new Error(`${id} cannot be laid`);
  return {
    deployment: { server: 'nginx', path: id, role: 'contender' },
    route: laid.route,
    agent: path?.vantage === 'inside' ? { kind: 'round', key: id } : { kind: 'standing' },
    addressIndex: 0,
    hostPort: 24_751 + index,
    nameSuffix: `at${index}`,
    environmentPaddingBytes: 0,
    bodyBytes: 1024,
  };
});

test('two agents dial a server from every vantage, and what both cost is read as one', async () => {
  const needs = { vantages: ['external', 'host', 'neighbor'], servers: ['bridge'], ipv6: false } as const;
  const stage = await stageOnEngine(real, runId, needs, 2);
  onTestFinished(() => stage[Symbol.asyncDispose]());
  const outcomes = await stage.deploy(orders);
  for (const outcome of outcomes) {
    if (!outcome.ok) throw outcome.error;
    const { deployed } = outcome;
    const before = await stage.read(deployed, 'before');
    const count = await measureAlone(stage.agent(deployed), {
      ...{ url: deployed.url, connections: 5, expectedBodyBytes: 1024 },
      ...{ rampSeconds: 0.1, sliceSeconds: 0.4, timeoutSeconds: 10 },
    });
    const after = await stage.read(deployed, 'after');
    expect(count).toMatchObject({ agents: 2, totalConnections: 5, faults: { errors: 0, timeouts: 0 } });
    expect(count.requests).toBeGreaterThan(0);
    expect(count.windowsShared).toBeGreaterThan(0);
    // Both cgroups: they have at least the time that the agents counted of themselves under load.
    const spent = (after.agent?.cpuSeconds ?? 0) - (before.agent?.cpuSeconds ?? 0);
    expect(spent).toBeGreaterThan(0.9 * count.agentSeconds);
    const packets = (after.dnatPackets ?? 0) - (before.dnatPackets ?? 0);
    if (deployed.order.route.path.address === 'published') expect(packets).toBe(5);
  }
  const started = await real.engine.containers();
  expect(started.filter(({ name }) => /-agent-external(-2)?$/.test(name))).toHaveLength(2);
}, 60_000);
