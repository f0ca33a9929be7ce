import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { measureAlone, type SliceOrder, type TurnsOrder } from '../model/load-agent.ts';
import { bundle, startAgent } from './agent-process.fixture.ts';
import { loadAgent } from './client.ts';
import { fastServer, response, serve } from './servers.fixture.ts';
import { team } from './team.ts';

let folder = '';
beforeAll(async () => {
  folder = await bundle();
});

/** Two load agents, each a process of its own, that work as one. */
function twoProcesses() {
  const processes = [startAgent(folder), startAgent(folder)];
  const agents = processes.map(({ child }) => loadAgent({ input: child.stdin, output: child.stdout }));
  onTestFinished(async () => {
    for (const agent of agents) agent.close();
    await Promise.all(processes.map(({ exit }) => exit));
  });
  return { both: team(agents), children: processes.map(({ child }) => child) };
}

function orderFor(url: string, change: Partial<SliceOrder> = {}): SliceOrder {
  return {
    ...{ url, connections: 5, rampSeconds: 0.1, sliceSeconds: 0.4, timeoutSeconds: 5 },
    expectedBodyBytes: 100,
    ...change,
  };
}

test('two agents together count what the server saw, in windows that overlap', async () => {
  await using server = await fastServer();
  const { both } = twoProcesses();
  const count = await measureAlone(both, orderFor(server.url));
  expect(server.seen).toEqual({ connections: 5, requests: count.totalRequests });
  expect(count).toMatchObject({ totalConnections: 5, agents: 2, faults: { errors: 0, mismatches: 0 } });
  expect(count.requests).toBeGreaterThan(0);
  expect(count.requests).toBeLessThan(count.totalRequests);
  expect(count.windowsShared).toBeGreaterThan(0);
});

test('the same in turns of two servers: every server has load in its own turns only', async () => {
  await using one = await fastServer();
  await using two = await fastServer();
  const { both } = twoProcesses();
  const order: TurnsOrder = {
    slices: [orderFor(one.url), orderFor(two.url)],
    turnSeconds: 0.1,
    sequence: [0, 1, 1, 0, 0, 1, 1, 0],
  };
  const counts = await both.turns(order);
  for (const [at, server] of [one, two].entries()) {
    expect(server.seen).toEqual({ connections: 5, requests: counts[at]?.totalRequests });
    expect(counts[at]?.turnRates).toHaveLength(4);
    expect(counts[at]?.windowsShared).toBeGreaterThan(0);
  }
});

test('the offered rate is that of both together', async () => {
  await using server = await fastServer();
  const { both } = twoProcesses();
  const count = await measureAlone(both, orderFor(server.url, { ratePerSecond: 500 }));
  expect(count.pacing?.offeredPerSecond).toBeCloseTo(500, 6);
});

test('an agent that dies in the middle of a slice fails the slice, and nothing waits for it', async () => {
  const { both, children } = twoProcesses();
  await using server = await serve(({ socket }, { requests }) => {
    if (requests === 100) children[1]?.kill('SIGKILL');
    socket.write(response());
  });
  await expect(measureAlone(both, orderFor(server.url))).rejects.toMatchObject({
    kind: 'casesFailed',
    message: 'load agent 2 of 2 was lost while it measured',
  });
  await expect(measureAlone(both, orderFor(server.url))).rejects.toMatchObject({ kind: 'partial' });
});
