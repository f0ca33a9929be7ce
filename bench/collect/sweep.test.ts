import { expect, test } from 'vitest';
import { fakeLoadAgent } from '../agent/load-agent.fake.ts';
import { response, type SmallServer, serve } from '../agent/servers.fixture.ts';
import { instruments } from '../agent/slice.fixture.ts';
import { runTurns } from '../agent/turns.ts';
import { deploymentId } from '../model/case.ts';
import type { Evidence } from '../model/evidence.ts';
import { Failure } from '../model/failure.ts';
import type { TurnsOrder } from '../model/load-agent.ts';
import type { Stage } from '../model/stage.ts';
import { countsInSweep } from '../model/sweep.ts';
import { resolvePlan } from '../plan/resolve-plan.ts';
import { schedule } from '../schedule/schedule.ts';
import type { Tally } from './bout.ts';
import { type Collecting, collecting } from './collecting.fixture.ts';
import { ordersOf } from './orders.ts';
import { fakeStage } from './stage.fake.ts';
import { sweepPaths } from './sweep.ts';

const flags = { profile: 'throughput', rounds: '1', sweep: true };

/** A host that works on 4 requests at the same time, and a bridge that works on 8 of them. */
const mostAtOnce = ({ route }: { readonly route: { readonly server: { readonly kind: string } } }) =>
  route.server.kind === 'host' ? 4 : 8;

function swept(more: Collecting = {}) {
  return collecting({ ...more, flags: { ...flags, ...more.flags }, stage: { mostAtOnce, ...more.stage } });
}

function stepsOf({ sweep = [] }: Evidence) {
  return sweep.map(({ connections }) => connections);
}

function ratesOf({ sweep = [] }: Evidence) {
  return sweep.map((it) => ('requestsPerSecond' in it ? it.requestsPerSecond : undefined));
}

test('a run that does not ask for it sweeps no connections', async () => {
  const { stage, evidence } = await collecting({ flags: { profile: 'throughput' } });
  expect(evidence.map(({ sweep }) => sweep)).toEqual(evidence.map(() => undefined));
  expect(stage.journal.filter((line) => line === 'let go')).toHaveLength(2);
});

test('all compared paths take the same steps, until none of them serves more requests', async () => {
  const { evidence } = await swept();
  expect(evidence).toHaveLength(3);
  for (const line of evidence) expect(stepsOf(line)).toEqual([1, 2, 4, 8, 16, 32]);
  for (const line of evidence) {
    const [one = 0, two = 0, four = 0, eight = 0, sixteen = 0, most = 0] = ratesOf(line).map(Number);
    expect(two / one).toBeGreaterThan(1.8);
    expect(four / two).toBeGreaterThan(1.8);
    expect(eight / four > 1.8).toBe(line.role === 'contender');
    expect(sixteen / eight).toBeLessThan(1.05);
    expect(most / sixteen).toBeLessThan(1.05);
  }
});

test('each step of a sweep is told before it begins, with its round', async () => {
  const { events } = await swept();
  const told = events.flatMap((it) =>
    it !== 'read' && it.kind === 'sweep' ? [[it.round, it.connections]] : [],
  );
  expect(told).toEqual([1, 2, 4, 8, 16, 32].map((connections) => [1, connections]));
});

test('latencies grow with the queue, and whose CPU was used is with each step', async () => {
  const { evidence } = await swept();
  for (const { sweep = [] } of evidence) {
    const [first, last] = [sweep[0], sweep.at(-1)];
    if (first === undefined || last === undefined || !countsInSweep(first) || !countsInSweep(last)) {
      throw new Error('a step has no figures');
    }
    expect(last.latencyP50Us / first.latencyP50Us).toBeGreaterThan(3);
    expect(last.cpu.loadSeconds).toBeGreaterThan(0);
  }
});

test('the first round decides how far a sweep goes, and later ones take the same steps', async () => {
  let recorded = 0;
  const { evidence } = await swept({
    flags: { rounds: '3' },
    // From the second round on, every path bears more.
    stage: { mostAtOnce: (order) => mostAtOnce(order) * (recorded > 0 ? 4 : 1) },
    onAppend: (what) => {
      if (what === 'evidence') recorded += 1;
    },
  });
  expect(evidence).toHaveLength(9);
  for (const line of evidence) expect(stepsOf(line)).toEqual([1, 2, 4, 8, 16, 32]);
});

test('a capacity that keeps growing ends at the most connections', async () => {
  const { evidence } = await swept({
    flags: { sweepConnections: '24' },
    stage: { mostAtOnce: () => 1_000 },
  });
  for (const line of evidence) expect(stepsOf(line)).toEqual([1, 2, 4, 8, 16, 24]);
});

test('only the first rounds have a sweep, and their slices are as many as without one', async () => {
  const { evidence, slices } = await swept({ flags: { rounds: '9' } });
  const rounds = new Set(evidence.flatMap(({ round, sweep }) => (sweep === undefined ? [] : [round])));
  expect([...rounds]).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(slices).toHaveLength(9 * 2 * 3);
});

test('a sweep comes after the slices of its round, step by step, and closes the connections of each', async () => {
  const { stage, slices } = await swept();
  const { journal } = stage;
  const steps = journal.flatMap((line, index) => (line === 'let go' ? [index] : []));
  // One before each step, and one at the end of the round.
  expect(steps).toHaveLength(7);
  const recorded = journal.slice(0, steps[0]).filter((line) => line.startsWith('slice'));
  expect(recorded.length).toBeGreaterThanOrEqual(slices.length);
  const first = journal.slice(steps[0], steps[1]).filter((line) => line.startsWith('slice'));
  // Three deployments are warmed up, and measured.
  expect(first).toHaveLength(6);
});

test('what a sweep does is no evidence of its round', async () => {
  const [plain, sweeping] = await Promise.all([
    collecting({ flags: { ...flags, sweep: false }, stage: { mostAtOnce } }),
    swept(),
  ]);
  const growths = ({ evidence }: Awaited<ReturnType<typeof collecting>>) =>
    evidence.map(({ path, role, raw, verdict }) => ({ path, role, raw, verdict }));
  expect(growths(sweeping)).toEqual(growths(plain));
});

test('a server that did not start costs the others nothing', async () => {
  const { evidence, collected } = await swept({
    stage: {
      refuse: ({ route }) =>
        route.server.kind === 'bridge' ? new Failure('casesFailed', 'port taken') : undefined,
    },
  });
  expect(collected.state).toBe('complete');
  expect(evidence.map((line) => [line.path, stepsOf(line)])).toEqual([
    ['host/external', [1, 2, 4, 8, 16]],
    ['host/external', [1, 2, 4, 8, 16]],
  ]);
});

test('where the kernel has no room for more connections the sweep ends, and says why once', async () => {
  const { evidence } = await swept({
    flags: { rounds: '2' },
    room: (pass) => {
      // Longer than bench waits for room.
      pass(70);
      return {
        conntrack: { entries: 65_536 - 30, limit: 65_536 },
        ports: { first: 32_768, last: 60_999, used: 0, timeWait: 0 },
      };
    },
  });
  expect(evidence.map(stepsOf)).toEqual([...Array(3).fill([1, 2, 4, 8]), ...Array(3).fill([1, 2, 4])]);
  expect(evidence[0]?.sweep?.at(-1)).toEqual({
    connections: 8,
    problem: expect.stringMatching(
      /connection tracking has .*a step of the sweep may add 48.*--sweep-connections 4/,
    ),
  });
});

test('an interruption ends a sweep between two steps', async () => {
  const controller = new AbortController();
  const { evidence, collected } = await swept({
    controller,
    onTurns: ({ slices: [first] }) => {
      if (first?.connections === 4) controller.abort();
    },
  });
  expect(collected.state).toBe('partial');
  for (const line of evidence) expect(stepsOf(line)).toEqual([1, 2]);
});

/**
 * A server with a pool: it works on so many requests at the same time, for three milliseconds each. All others wait for
 * their turn.
 */
async function pooledServer(workers: number): Promise<SmallServer> {
  const waiting: (() => void)[] = [];
  let free = workers;
  const bytes = response({ bodyBytes: 1_024 });
  const done = (answer: () => void) => {
    answer();
    free += 1;
    waiting.shift()?.();
  };
  return serve(({ socket }) => {
    const work = () => {
      free -= 1;
      setTimeout(() => done(() => socket.write(bytes)), 3);
    };
    if (free > 0) work();
    else waiting.push(work);
  });
}

test('the load agent finds where the capacity of a real server ends: with its pool', async () => {
  await using baseline = await pooledServer(1);
  await using twin = await pooledServer(1);
  await using contender = await pooledServer(4);
  const servers = { baseline, twin, contender };
  const plan = resolvePlan(
    {
      flags: {
        server: 'nginx',
        mode: 'bridge',
        rounds: '1',
        sweep: true,
        sweepConnections: '8',
        warmupSeconds: '0.05',
      },
      env: {},
    },
    () => 0,
  );
  const [round] = schedule(plan);
  if (round === undefined) throw new Error('nothing is scheduled');
  const fake = fakeStage({ seed: 1, medianSeconds: () => 1 });
  const atSeconds = () => performance.now() / 1_000;
  const agent = {
    ...fakeLoadAgent({ seed: 1, serverAt: () => undefined }),
    turns: (order: TurnsOrder) => runTurns(order, instruments),
    letGo: async () => instruments.kept.letGo(),
  };
  const stage: Stage = {
    ...fake,
    agent: () => agent,
    read: async (deployed, edge) => ({ ...(await fake.read(deployed, edge)), atSeconds: atSeconds() }),
  };
  const outcomes = await stage.deploy(ordersOf({ ...round }, plan));
  const standings = new Map(
    outcomes.map((outcome): [string, Tally] => {
      if (!outcome.ok) throw outcome.error;
      const { deployment } = outcome.deployed.order;
      const { url } = servers[deployment.role];
      const deployed = { ...outcome.deployed, url, claims: [], findings: [] };
      return [
        deploymentId(deployment),
        { outcome: { ok: true, deployed }, own: undefined, alone: undefined },
      ];
    }),
  );
  const clock = { now: () => new Date(0), monotonicSeconds: atSeconds };
  const { signal } = new AbortController();
  const known = { rates: new Map<string, number>(), pacedRates: new Map<string, number>() };
  const beforeStep = () => undefined;
  const totals = { slicesSeconds: 0 };
  await sweepPaths({ plan, stage, clock, signal, ...known, ends: new Map(), beforeStep, totals }, round, {
    standings,
    exchanged: false,
  });
  instruments.kept.letGo();
  expect(totals.slicesSeconds).toBeGreaterThan(0);
  const figuresOf = (id: string) =>
    (standings.get(id)?.sweep ?? []).map((step) => {
      if (!('requestsPerSecond' in step)) throw new Error(step.problem);
      return step;
    });
  const [host, bridge] = [figuresOf('nginx host/external'), figuresOf('nginx bridge/external/published')];
  const rateAt = (steps: typeof host, connections: number) =>
    steps.find((it) => it.connections === connections)?.requestsPerSecond ?? Number.NaN;
  expect(rateAt(bridge, 2)).toBeGreaterThan(rateAt(bridge, 1));
  expect(rateAt(bridge, 4)).toBeGreaterThan(rateAt(bridge, 2));
  // A pool of four ends the growth later than a pool of one. From there on, requests wait for each other.
  const growth = (steps: typeof host, from: number, to: number) => rateAt(steps, to) / rateAt(steps, from);
  expect(growth(bridge, 1, 4)).toBeGreaterThan(growth(bridge, 4, 8));
  expect(growth(bridge, 1, 4)).toBeGreaterThan(growth(host, 1, 4));
  expect(rateAt(bridge, 8)).toBeGreaterThan(rateAt(host, 8));
  expect(host.at(-1)?.latencyP50Us).toBeGreaterThan(host[0]?.latencyP50Us ?? Number.NaN);
});
