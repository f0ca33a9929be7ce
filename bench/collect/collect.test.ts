import { expect, test } from 'vitest';
import { type Case, deploymentId } from '../model/case.ts';
import { Failure } from '../model/failure.ts';
import type { SliceOrder, TurnsOrder } from '../model/load-agent.ts';
import { probeSeconds, probesEach } from '../plan/plan-duration.ts';
import { resolvePlan } from '../plan/resolve-plan.ts';
import { schedule } from '../schedule/schedule.ts';
import { collect } from './collect.ts';
import { collecting, oneByOne } from './collecting.fixture.ts';
import { fakeStage } from './stage.fake.ts';
import type { AfterRound } from './stop-rule.ts';

test('a round is: deploy all, warm up, read-slices-read in the scheduled order, evidence, let go, clear', async () => {
  const { plan, stage } = await collecting({
    flags: { rounds: '1', blocks: '1', profile: ['latency'], exchangeCpus: 'false' },
  });
  const [round] = schedule(plan);
  const names = (cases: readonly Case[]) => cases.map(deploymentId);
  const [bout] = round?.blocks[0] ?? [];
  const measured = names(bout?.cases ?? []);
  const counters = (round?.deployments ?? []).map((it) => `kernel ${deploymentId(it)}`);
  // The warm-up is where each has the machine to itself: what all have in common is read around it.
  const alone = names(round?.warmup ?? []).flatMap((name) => [
    `read before ${name}`,
    `slice ${name}`,
    `read after ${name}`,
  ]);
  expect(stage.journal).toEqual([
    'deploy 3',
    ...alone,
    ...counters,
    ...measured.map((name) => `read before ${name}`),
    ...measured.map((name) => `slice ${name}`),
    // The one that was read last before the load is read first after it: its two readings are the machine's.
    ...measured.toReversed().map((name) => `read after ${name}`),
    ...counters,
    ...ceiling,
    'let go',
    'clear',
  ]);
});

/** The load agent by itself, at the end of the first round. */
const ceiling = ['agent beside', 'serve nothing', 'load on nothing', 'agent beside gone'];

test.each([
  ['0.12', 10],
  ['40', 40],
])(
  'in slices of %s s a request may take %i s: as long as its slice, and never less than 10',
  async (sliceSeconds, seconds) => {
    const orders: TurnsOrder[] = [];
    await collecting({
      flags: { rounds: '1', blocks: '1', profile: ['latency'], sliceSeconds },
      onTurns: (order) => orders.push(order),
    });
    const timeouts = orders.flatMap(({ slices }) => slices.map(({ timeoutSeconds }) => timeoutSeconds));
    expect(new Set(timeouts)).toEqual(new Set([seconds]));
  },
);

test('cases that one agent measures get their turns from the schedule; another agent has turns of its own', async () => {
  const orders: TurnsOrder[] = [];
  const { plan } = await collecting({
    flags: {
      mode: undefined,
      path: ['bridge/host/container', 'bridge/external/published'],
      rounds: '1',
      blocks: '1',
      profile: ['latency'],
    },
    onTurns: (order) => orders.push(order),
  });
  const [round] = schedule(plan);
  expect(orders.map(({ sequence }) => sequence)).toEqual(round?.blocks[0]?.map(({ sequence }) => sequence));
  for (const { slices, sequence, turnSeconds } of orders) {
    expect(slices).toHaveLength(3);
    // Two turns of 0.03 s make up a slice of 0.06 s.
    expect(sequence).toHaveLength(3 * 2);
    expect(turnSeconds).toBe(0.03);
  }
});

test('without turns a case is measured after the other, and read around it', async () => {
  const { plan, stage } = await collecting({
    flags: { ...oneByOne, rounds: '1', blocks: '1', profile: ['latency'], exchangeCpus: 'false' },
  });
  const [round] = schedule(plan);
  const cases = [...(round?.warmup ?? []), ...(round?.blocks[0] ?? []).flatMap((bout) => bout.cases)];
  expect(stage.journal.filter((line) => !line.startsWith('kernel'))).toEqual([
    'deploy 3',
    ...cases
      .map(deploymentId)
      .flatMap((name) => [`read before ${name}`, `slice ${name}`, `read after ${name}`]),
    ...ceiling,
    'let go',
    'clear',
  ]);
});

test('a run that has enough after a round ends there, whole, and says why', async () => {
  const asked: AfterRound[] = [];
  const { collected, slices, stage } = await collecting({
    flags: { rounds: '9' },
    enough: async (at) => {
      asked.push(at);
      return at.round === 3 ? { by: 'precision', rounds: 3, look: 1, halfWidth: 0.01 } : undefined;
    },
  });
  expect(collected).toMatchObject({ state: 'complete', stop: { by: 'precision', rounds: 3 } });
  expect(new Set(slices.map(({ round }) => round))).toEqual(new Set([1, 2, 3]));
  expect(stage.journal.at(-1)).toBe('clear');
  expect(asked.map(({ round }) => round)).toEqual([1, 2, 3]);
  const inRounds = asked.reduce((sum, { roundSeconds }) => sum + roundSeconds, 0);
  expect(asked.at(-1)?.elapsedSeconds).toBeCloseTo(inRounds, 6);
});

test('every case is recorded once a block, warm-up slices are not recorded', async () => {
  const { collected, slices } = await collecting();
  expect(collected).toMatchObject({ state: 'complete', failedSlices: 0 });
  expect(slices).toHaveLength(2 * 2 * 9);
  expect(new Set(slices.map(({ status }) => status))).toEqual(new Set(['completed']));
  const places = slices.map(({ round, block, position }) => `${round} ${block} ${position}`);
  expect(new Set(places).size).toBe(slices.length);
});

test('the time inside slices and ramps is counted, with the warm-up and what the rate took', async () => {
  const { plan, collected } = await collecting();
  // Of three profiles, the steady one has slices of double length, and throughput ramps of four times the length.
  const inSlices =
    3 * plan.rounds * plan.blocks * ((1 + 1 + 4) * plan.rampSeconds + (1 + 2 + 1) * plan.sliceSeconds);
  // Two hosts that answer in 100 µs and a bridge in 120 µs, with 1 and with 32 connections.
  const inWarmUp = plan.rounds * 2 * 230 * (2 * 100e-6 + 120e-6);
  expect(collected.slicesSeconds).toBeCloseTo(inSlices + inWarmUp + 3 * probesEach * probeSeconds, 6);
});

test('the warm-up opens connections to each deployment once for each number of them, until each has had 230 answers', async () => {
  const orders: SliceOrder[] = [];
  const { plan } = await collecting({
    flags: { rounds: '1', blocks: '1', rate: '1000' },
    stage: { onSlice: (_, order) => orders.push(order) },
  });
  const [warm, recorded] = [orders.slice(0, 6), orders.slice(6)];
  const opened = (some: readonly SliceOrder[]) => some.map((it) => `${it.connections} to ${it.url}`);
  expect(opened(warm).toSorted()).toEqual([...new Set(opened(recorded))].toSorted());
  for (const { connections, enoughResponses, sliceSeconds, ratePerSecond } of warm) {
    expect(enoughResponses).toBe(230 * connections);
    expect(sliceSeconds).toBe(plan.warmupSeconds);
    expect(ratePerSecond).toBeUndefined();
  }
  expect(recorded).toHaveLength(9);
  for (const order of recorded) expect(order).not.toHaveProperty('enoughResponses');
  for (const { keepOpen } of orders) expect(keepOpen).toBe(true);
});

test('a warm-up of no seconds is none: each slice then has the machine to itself, and the first ones open the connections', async () => {
  const orders: TurnsOrder[] = [];
  const { slices, evidence } = await collecting({
    flags: { rounds: '1', warmupSeconds: '0', rate: '1000' },
    onTurns: (order) => orders.push(order),
  });
  expect(orders).toEqual([]);
  expect(slices.map(({ status }) => status)).toEqual(Array(2 * 9).fill('completed'));
  const opened = slices.map((slice) => (slice.status === 'failed' ? 0 : (slice.counters?.connections ?? 0)));
  expect(opened.reduce((sum, connections) => sum + connections, 0)).toBe(3 * (1 + 32));
  expect(evidence.map(({ verdict }) => verdict)).toEqual(Array(3).fill('consistent'));
});

test('the evidence of a round counts the connections of its warm-up; slices open none and are not judged by them', async () => {
  const { slices, evidence } = await collecting();
  for (const slice of slices) {
    expect(slice).toMatchObject({ status: 'completed', counters: { connections: 0 } });
  }
  const bridges = evidence.filter(({ path }) => path === 'bridge/external/published');
  expect(bridges).toHaveLength(2);
  for (const { raw, findings } of bridges) {
    expect(raw).toMatchObject({ growth: { connections: 1 + 32, dnatPackets: 1 + 32 } });
    expect(findings).toContainEqual({
      claim: "the published port's DNAT rule counts the connections made",
      expected: 'at least 33 (one a connection)',
      observed: '33',
      holds: true,
    });
  }
});

test('evidence is one line for each deployment and round, and holds every claim of the path', async () => {
  const { evidence } = await collecting();
  expect(evidence).toHaveLength(2 * 3);
  expect(evidence.map(({ verdict }) => verdict)).toEqual(evidence.map(() => 'consistent'));
  const bridge = evidence.find(({ path }) => path === 'bridge/external/published');
  expect(bridge?.findings.map(({ claim }) => claim)).toContain(
    "the published port's DNAT rule counts the connections made",
  );
});

test('inside, every agent is fresh and bears as much load before the first slice that counts', async () => {
  const { plan, stage } = await collecting({
    flags: {
      ...{ mode: undefined, path: ['mapped/inside', 'bridge/host/container'], rate: '1000' },
      ...{ rounds: '1', blocks: '1' },
    },
  });
  const recorded = plan.profiles.length * (3 + 3);
  const before = stage.journal.filter((entry) => entry.startsWith('slice')).slice(0, -recorded);
  const ofPath = (path: string) => before.filter((entry) => entry === `slice nginx ${path}`).length;
  // Once with one connection, once with 32.
  const cases = 2;
  for (const path of ['host/inside', 'host/inside (twin)', 'mapped/inside']) {
    expect(ofPath(path), path).toBe(cases + 1);
  }
  // These have the agent that stands on the host for the whole run.
  for (const path of ['host/host', 'host/host (twin)', 'bridge/host/container']) {
    expect(ofPath(path), path).toBe(cases);
  }
});

test('progress is told between slices only', async () => {
  let inSlice = false;
  const told: boolean[] = [];
  const plan = resolvePlan(
    { flags: { server: ['nginx'], rounds: '1', blocks: '1', seed: '1' }, env: {} },
    () => 0,
  );
  const stage = fakeStage({ seed: 1, medianSeconds: () => 1e-4 });
  await collect({
    plan,
    schedule: schedule(plan),
    stage: {
      ...stage,
      agent: (deployed) => {
        const agent = stage.agent(deployed);
        return {
          ...agent,
          async turns(order) {
            inSlice = true;
            const counts = await agent.turns(order);
            inSlice = false;
            return counts;
          },
        };
      },
    },
    recorder: { appendSlices: async () => {}, appendEvidence: async () => {}, noteRates: async () => {} },
    clock: { now: () => new Date(0), monotonicSeconds: () => 0 },
    progress: () => told.push(inSlice),
    signal: new AbortController().signal,
  });
  expect(told.length).toBeGreaterThan(8);
  expect(told).not.toContain(true);
});

test('CPUs are exchanged before the servers of a round start, for the whole round, and slices say on which side they were', async () => {
  const { plan, slices, stage } = await collecting({
    flags: { rounds: '6', blocks: '2', profile: ['latency'] },
  });
  const sides = schedule(plan).map(({ exchanged }) => exchanged);
  expect(new Set(sides).size).toBe(2);
  for (const slice of slices) expect(slice.cpusExchanged).toBe(sides[slice.round - 1] ? true : undefined);
  const told = stage.journal.filter((it) => /^(exchange|back|deploy|clear)/.test(it));
  const expected = sides.flatMap((side, index) => [
    ...(side === (sides[index - 1] ?? false) ? [] : [side ? 'exchange' : 'back']),
    ...['deploy 3', 'clear'],
  ]);
  expect(told).toEqual(expected);
});

test('where servers and agent share their CPUs no slice says that they were exchanged', async () => {
  const { slices } = await collecting({
    flags: { rounds: '4', profile: ['latency'] },
    stage: { environment: { pinning: { kind: 'shared' } } },
  });
  expect(slices).toHaveLength(4 * 2 * 3);
  expect(slices.some(({ cpusExchanged }) => cpusExchanged)).toBe(false);
});

test('slices of a bout have the figures of the machine in common, those of other bouts have theirs', async () => {
  const { slices } = await collecting({ flags: { rounds: '1', blocks: '1' } });
  const machines = slices.map((slice) => (slice.status === 'failed' ? undefined : slice.machine));
  expect(machines).toHaveLength(9);
  for (const [index, machine] of machines.entries()) {
    expect(machine).toMatchObject({ cpus: 2, wallSeconds: expect.any(Number) });
    expect(machine).toEqual(machines[index - (index % 3)]);
  }
});

test('cases that are measured one after the other have the figures of their whole block too', async () => {
  const { slices } = await collecting({
    flags: { ...oneByOne, rounds: '1', blocks: '1', profile: ['latency'], exchangeCpus: 'false' },
  });
  const machines = slices.map((slice) => (slice.status === 'failed' ? undefined : slice.machine));
  expect(machines).toHaveLength(3);
  const [first] = machines;
  expect(machines).toEqual([first, first, first]);
  const loads = slices.map((it) => (it.status === 'failed' ? 0 : it.wallSeconds));
  expect(first?.wallSeconds).toBeCloseTo(
    loads.reduce((sum, seconds) => sum + seconds, 0),
    6,
  );
});

test('what other processes used during the rounds is told, the largest first', async () => {
  const seen = (...used: readonly [string, number][]) =>
    used.map(([name, cpuSeconds], place) => ({ key: `${place}`, name, cpuSeconds, endedSeconds: 0 }));
  const { collected } = await collecting({
    flags: { profile: ['latency'] },
    others: [
      seen(['chrome', 10], ['cron', 1]),
      seen(['chrome', 10.5], ['cron', 3]),
      seen(['chrome', 99], ['cron', 99]),
      seen(['chrome', 100], ['cron', 99.25]),
    ],
  });
  expect(collected.foreign?.processes).toEqual([
    { name: 'cron', cpuSeconds: 2.25 },
    { name: 'chrome', cpuSeconds: 1.5 },
  ]);
  // Of both rounds, the time between them left out; the clock stands still but for slices, and load on nothing.
  expect(collected.foreign?.wallSeconds).toBeCloseTo(collected.slicesSeconds + 0.4, 6);
});

test('where no other process can be seen nothing is said about them', async () => {
  const { collected } = await collecting({ flags: { rounds: '1', blocks: '1', profile: ['latency'] } });
  expect(collected).not.toHaveProperty('foreign');
});

test('a service with one fixed port: its twin is deployed after the others, and a round is over after both', async () => {
  const looks: number[] = [];
  const deployed: (readonly string[])[] = [];
  const { slices, collected } = await collecting({
    flags: { server: undefined, image: 'app', port: '80' },
    stage: {
      refuse: (order) => {
        const { role } = order.deployment;
        if (role === 'baseline' || role === 'twin') deployed.push([role, String(order.hostPort)]);
        return undefined;
      },
    },
    enough: async ({ round }) => {
      looks.push(round);
      return undefined;
    },
  });
  expect(collected.state).toBe('complete');
  expect(looks).toEqual([1, 2]);
  // In the stack of the host it listens where its image listens.
  expect(deployed.slice(0, 2)).toEqual([
    ['baseline', '80'],
    ['twin', '80'],
  ]);
  expect(deployed.map(([role]) => role).sort()).toEqual(['baseline', 'baseline', 'twin', 'twin']);
  expect(slices).toHaveLength(2 * 2 * 9);
  expect(new Set(slices.map(({ status }) => status))).toEqual(new Set(['completed']));
});

const service = {
  server: undefined,
  image: 'my/app:1.2',
  port: '8080',
  portEnv: 'PORT',
  portVariable: 'PORT',
};
const failed = new Failure('casesFailed', 'app exited with code 1 before it answered', {
  hint: 'Its last lines: no configuration',
});

test.each([
  ['nowhere', () => true],
  ['in host mode, with which all is compared', (path: string) => path === 'host/external'],
  ['in no mode but host', (path: string) => path !== 'host/external'],
])(
  'a service that does not start %s ends the run in its first round: nothing is measured',
  async (_, fails) => {
    const { collected, slices, stage } = await collecting({
      flags: { ...service, mode: ['bridge', 'mapped'] },
      stage: { refuse: ({ deployment }) => (fails(deployment.path) ? failed : undefined) },
    });
    expect(collected).toMatchObject({
      state: 'partial',
      failure: { kind: 'casesFailed', message: failed.message },
    });
    expect(collected.failure?.hint).toBe(
      'Nothing can be compared without it, so nothing was measured. Its last lines: no configuration',
    );
    expect(slices).toEqual([]);
    expect(stage.journal.filter((call) => /^deploy|^clear/.test(call))).toEqual(['deploy 4', 'clear']);
  },
);

test('a service that does not start on one path of several, or in a later round, costs its own cases', async () => {
  const one = await collecting({
    flags: { ...service, mode: ['bridge', 'mapped'], rounds: '1' },
    stage: { refuse: ({ deployment }) => (deployment.path.startsWith('mapped') ? failed : undefined) },
  });
  expect(one.collected.state).toBe('complete');
  expect(new Set(one.slices.filter(({ status }) => status === 'failed').map(({ path }) => path))).toEqual(
    new Set(['mapped/external/published']),
  );
  let deployed = 0;
  const later = await collecting({
    flags: { ...service, rounds: '2' },
    stage: { refuse: () => (++deployed > 3 ? failed : undefined) },
  });
  expect(later.collected.state).toBe('complete');
  expect(later.slices.some(({ status }) => status === 'completed')).toBe(true);
});
