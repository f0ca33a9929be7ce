import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type TestEngine, testEngine } from '../../../runtime/test-engine.fixture.ts';
import { measureAlone, type SliceOrder } from '../../model/load-agent.ts';
import { routeFor } from '../../model/network-modes.ts';
import { parsePathId } from '../../model/path.ts';
import { bulkPlaces } from '../../model/profile.ts';
import { ownServers } from '../../model/server.ts';
import type { Deployed, DeploymentOrder } from '../../model/stage.ts';
import { stageOnEngine } from './stage-on-engine.fixture.ts';

/* New connections and large bodies, by the published port of a bridge, with the servers of the lab image. */

let real: TestEngine;
beforeAll(async () => {
  real = await testEngine();
});
afterAll(async () => {
  await real?.[Symbol.asyncDispose]();
});

const runId = '20261129T010000Z-load';
const bulkBytes = 300_000;
const noFaults = { errors: 0, timeouts: 0, non2xx: 0, mismatches: 0, lostOnReconnect: 0 };

const orders = ownServers.map((server, index): DeploymentOrder => {
  const path = 'bridge/external/published';
  const laid = routeFor(parsePathId(path) ?? { mode: 'bridge', vantage: 'external' });
  if (!laid.possible) throw new Error(`${path} cannot be laid`);
  return {
    deployment: { server, path, role: 'contender' },
    route: laid.route,
    agent: { kind: 'standing' },
    addressIndex: 0,
    hostPort: 24_741 + index,
    nameSuffix: server,
    environmentPaddingBytes: 0,
    bodyBytes: 1024,
    bulkBytes,
  };
});

test('both servers take new connections and large bodies, and the DNAT rule counts each connection', async () => {
  const stage = await stageOnEngine(real, runId, {
    vantages: ['external'],
    servers: ['bridge'],
    ipv6: false,
  });
  onTestFinished(() => stage[Symbol.asyncDispose]());

  /** The agent's count, and the growth of the DNAT rule's counter. */
  async function measured(deployed: Deployed, order: Partial<SliceOrder>) {
    const before = await stage.read(deployed, 'before');
    const count = await measureAlone(stage.agent(deployed), {
      ...{ url: deployed.url, connections: 4, expectedBodyBytes: 1024 },
      ...{ rampSeconds: 0.1, sliceSeconds: 0.4, timeoutSeconds: 10 },
      ...order,
    });
    const after = await stage.read(deployed, 'after');
    expect(count.faults).toEqual(noFaults);
    expect(count.requests).toBeGreaterThan(0);
    return { count, packets: (after.dnatPackets ?? 0) - (before.dnatPackets ?? 0) };
  }

  const room = await stage.connectionRoom();
  expect(room.ports.last).toBeGreaterThan(room.ports.first);
  for (const outcome of await stage.deploy(orders)) {
    if (!outcome.ok) throw outcome.error;
    const { deployed } = outcome;
    const { timeWait } = await stage.agent(deployed).localPorts();
    const churn = await measured(deployed, { newConnections: true });
    expect(churn.count.totalConnections).toBe(churn.count.totalRequests);
    expect(churn.packets).toBe(churn.count.totalConnections);
    // Each of them ended with a reset: the agent's stack keeps none, but for those that were closed before.
    expect((await stage.agent(deployed).localPorts()).timeWait).toBeLessThanOrEqual(timeWait);

    const down = { url: new URL(bulkPlaces.down.path, deployed.url).href, expectedBodyBytes: bulkBytes };
    const { count } = await measured(deployed, down);
    expect(count.bytes).toBeGreaterThan(count.requests * bulkBytes);
    const up = { url: new URL(bulkPlaces.up.path, deployed.url).href, expectedBodyBytes: 5 };
    await measured(deployed, { ...up, uploadBytes: bulkBytes });
  }
}, 60_000);
