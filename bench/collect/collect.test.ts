import { expect, test } from 'vitest';
import { deploymentId } from '../model/case.ts';
import type { Evidence } from '../model/evidence.ts';
import { Failure } from '../model/failure.ts';
import type { Slice } from '../model/slice.ts';
import { resolvePlan } from '../plan/resolve-plan.ts';
import { schedule } from '../schedule/schedule.ts';
import { collect } from './collect.ts';
import { type FakeLabOptions, fakeLab } from './fake-lab.ts';
import type { ProgressEvent } from './progress.ts';
import type { AfterRound, Enough } from './stop-rule.ts';

interface Collecting {
  readonly flags?: Record<string, unknown>;
  readonly lab?: Partial<FakeLabOptions>;
  readonly controller?: AbortController;
  readonly enough?: Enough;
}

async function collecting({
  flags = {},
  lab: labOptions = {},
  controller = new AbortController(),
  enough,
}: Collecting = {}) {
  const plan = resolvePlan(
    {
      flags: { server: ['nginx'], mode: ['bridge'], rounds: '2', blocks: '2', seed: '7', ...flags },
      env: {},
    },
    () => 0,
  );
  let seconds = 0;
  const slices: Slice[] = [];
  const evidence: Evidence[] = [];
  const events: (ProgressEvent | 'read')[] = [];
  const lab = fakeLab({
    seed: 1,
    medianSeconds: (order) => (order.route.server.kind === 'host' ? 100e-6 : 120e-6),
    pass: (passed) => {
      seconds += passed;
    },
    ...labOptions,
  });
  const collected = await collect({
    plan,
    schedule: schedule(plan),
    lab,
    recorder: {
      appendSlice: async (slice) => void slices.push(slice),
      appendEvidence: async (line) => void evidence.push(line),
    },
    clock: { now: () => new Date(seconds * 1000), monotonicSeconds: () => seconds },
    progress: (event) => events.push(event),
    ...(enough === undefined ? {} : { enough }),
    signal: controller.signal,
  });
  return { plan, collected, slices, evidence, events, lab };
}

test('a round is: deploy all, warm up, read-slice-read in the scheduled order, evidence, clear', async () => {
  const { plan, lab } = await collecting({ flags: { rounds: '1', blocks: '1', profile: ['latency'] } });
  const [round] = schedule(plan);
  const names = (
    cases: readonly { server: string; path: string; role: 'baseline' | 'twin' | 'contender' }[],
  ) => cases.map(deploymentId);
  expect(lab.journal).toEqual([
    'deploy 3',
    ...names(round?.warmup ?? []).map((name) => `slice ${name}`),
    ...names(round?.blocks[0] ?? []).flatMap((name) => [
      `read before ${name}`,
      `slice ${name}`,
      `read after ${name}`,
    ]),
    'clear',
  ]);
});

test('a run that has enough after a round ends there, whole, and says why', async () => {
  const asked: AfterRound[] = [];
  const { collected, slices, lab } = await collecting({
    flags: { rounds: '9' },
    enough: async (at) => {
      asked.push(at);
      return at.round === 3 ? { by: 'precision', rounds: 3, look: 1, halfWidth: 0.01 } : undefined;
    },
  });
  expect(collected).toMatchObject({ state: 'complete', stop: { by: 'precision', rounds: 3 } });
  expect(new Set(slices.map(({ round }) => round))).toEqual(new Set([1, 2, 3]));
  expect(lab.journal.at(-1)).toBe('clear');
  expect(asked.map(({ round }) => round)).toEqual([1, 2, 3]);
  const inRounds = asked.reduce((sum, { roundSeconds }) => sum + roundSeconds, 0);
  expect(asked.at(-1)?.elapsedSeconds).toBeCloseTo(inRounds, 6);
});

test('every case is recorded once a block, warm-up slices are not recorded', async () => {
  const { collected, slices } = await collecting();
  expect(collected).toMatchObject({ state: 'complete', failedSlices: 0 });
  expect(slices).toHaveLength(2 * 2 * 6);
  expect(new Set(slices.map(({ status }) => status))).toEqual(new Set(['completed']));
  const places = slices.map(({ round, block, position }) => `${round} ${block} ${position}`);
  expect(new Set(places).size).toBe(slices.length);
});

test('the time inside slices and ramps is counted, warm-up included', async () => {
  const { plan, collected } = await collecting();
  const cases = 6 * plan.rounds;
  const expected = cases * (plan.warmupSeconds + plan.blocks * (plan.rampSeconds + plan.sliceSeconds));
  expect(collected.slicesSeconds).toBeCloseTo(expected, 6);
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

test('a server that does not start costs its own cases, with the reason, and not the run', async () => {
  const { collected, slices, evidence } = await collecting({
    lab: {
      refuse: (order) =>
        order.route.server.kind === 'bridge'
          ? new Failure('casesFailed', 'nginx exited with code 1', { hint: 'Its last lines: bind() failed' })
          : undefined,
    },
  });
  expect(collected.state).toBe('complete');
  expect(collected.failedSlices).toBe(8);
  const failed = slices.filter((slice) => slice.status === 'failed');
  expect(new Set(failed.map(({ path }) => path))).toEqual(new Set(['bridge/external/published']));
  expect(failed[0]?.error).toEqual({
    message: 'nginx exited with code 1',
    hint: 'Its last lines: bind() failed',
  });
  expect(slices.filter(({ status }) => status === 'completed')).toHaveLength(16);
  expect(evidence.some(({ path }) => path === 'bridge/external/published')).toBe(false);
});

test('packets that go through docker-proxy instead of DNAT are caught in every slice, both sides named', async () => {
  const { slices, evidence } = await collecting({
    lab: { proxied: (order) => order.route.server.kind === 'bridge' },
  });
  const bridge = slices.filter(({ path }) => path === 'bridge/external/published');
  expect(bridge).toHaveLength(8);
  for (const slice of bridge) {
    if (slice.status !== 'invalid') throw new Error(`${slice.status}: expected an invalid slice`);
    const messages = slice.reasons.map(({ message }) => message).join('\n');
    expect(slice.reasons.every(({ rule }) => rule === 'path-evidence')).toBe(true);
    expect(messages).toMatch(/DNAT rule counts.*expected at least \d+ .*saw 0/);
    expect(messages).toMatch(/docker-proxy uses no CPU time.*expected at most .* of CPU, saw \d/);
  }
  expect(evidence.filter(({ verdict }) => verdict === 'contradicted').map(({ path }) => path)).toEqual([
    'bridge/external/published',
    'bridge/external/published',
  ]);
  expect(
    slices.filter(({ path }) => path === 'host/external').every(({ status }) => status === 'completed'),
  ).toBe(true);
});

test('where vantages are crossed, every fresh agent bears as much load before the first slice that counts', async () => {
  const { plan, lab } = await collecting({
    flags: { mode: undefined, path: ['mapped/inside', 'bridge/host/container'], rounds: '1', blocks: '1' },
  });
  const firstRead = lab.journal.findIndex((entry) => entry.startsWith('read'));
  const before = lab.journal.slice(0, firstRead).filter((entry) => entry.startsWith('slice'));
  const ofPath = (path: string) => before.filter((entry) => entry.includes(path)).length;
  const cases = plan.profiles.length;
  expect(ofPath('mapped/inside')).toBe(cases + 1);
  expect(ofPath('host/host (twin)')).toBe(cases + 1);
  // Baseline and bridge share an agent: one slice more for both.
  expect(ofPath('bridge/host/container') + ofPath('host/host') - ofPath('(twin)')).toBe(2 * cases + 1);
});

test('an agent that goes away ends the run, keeps what was measured, and clears the round', async () => {
  const error = new Failure('partial', 'the load agent went away');
  const { collected, slices, lab } = await collecting({ lab: { agentFails: { nth: 12, error } } });
  expect(collected).toMatchObject({ state: 'partial', reason: 'the load agent went away', failure: error });
  expect(slices).toHaveLength(12 - 1 - 6);
  expect(lab.journal.at(-1)).toBe('clear');
});

test('an agent that fails one order fails that slice only', async () => {
  const error = new Failure('casesFailed', 'no such host');
  const { collected, slices } = await collecting({ lab: { agentFails: { nth: 12, error } } });
  expect(collected).toMatchObject({ state: 'complete', failedSlices: 1 });
  expect(slices).toHaveLength(24);
  expect(slices[5]).toMatchObject({ status: 'failed', error: { message: 'no such host' } });
});

test('an agent that fails an order of the warm-up costs nothing that is recorded', async () => {
  const error = new Failure('casesFailed', 'no such host');
  const { collected, slices } = await collecting({ lab: { agentFails: { nth: 2, error } } });
  expect(collected).toMatchObject({ state: 'complete', failedSlices: 0 });
  expect(slices).toHaveLength(24);
});

test('an error that is a defect of ours is not recorded as a fault of the server', async () => {
  const lab = { agentFails: { nth: 8, error: new TypeError('x is not a function') } };
  await expect(collecting({ lab })).rejects.toThrow('x is not a function');
});

test('an interrupt ends the run after the slice under way; it is kept, and the round is cleared', async () => {
  const controller = new AbortController();
  const { collected, slices, evidence, lab } = await collecting({
    controller,
    lab: { onSlice: (nth) => nth === 9 && controller.abort() },
  });
  expect(collected).toMatchObject({ state: 'partial', reason: 'interrupted by the user' });
  expect(slices).toHaveLength(3);
  expect(evidence).toHaveLength(3);
  expect(lab.journal.at(-1)).toBe('clear');
});

test('an interrupt before the first round deploys nothing', async () => {
  const controller = new AbortController();
  controller.abort();
  const { collected, lab } = await collecting({ controller });
  expect(collected.state).toBe('partial');
  expect(lab.journal).toEqual([]);
});

test('progress is told between slices only', async () => {
  let inSlice = false;
  const told: boolean[] = [];
  const plan = resolvePlan(
    { flags: { server: ['nginx'], rounds: '1', blocks: '1', seed: '1' }, env: {} },
    () => 0,
  );
  const lab = fakeLab({ seed: 1, medianSeconds: () => 1e-4 });
  await collect({
    plan,
    schedule: schedule(plan),
    lab: {
      ...lab,
      agent: (deployed) => {
        const agent = lab.agent(deployed);
        return {
          ...agent,
          async slice(order) {
            inSlice = true;
            const count = await agent.slice(order);
            inSlice = false;
            return count;
          },
        };
      },
    },
    recorder: { appendSlice: async () => {}, appendEvidence: async () => {} },
    clock: { now: () => new Date(0), monotonicSeconds: () => 0 },
    progress: () => told.push(inSlice),
    signal: new AbortController().signal,
  });
  expect(told.length).toBeGreaterThan(8);
  expect(told).not.toContain(true);
});
