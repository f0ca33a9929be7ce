import { expect, test } from 'vitest';
import { Failure } from '../model/failure.ts';
import { probesEach } from '../plan/plan-duration.ts';
import { collecting, oneByOne } from './collecting.fixture.ts';

/** Slices of the first round that are not recorded: two on each path to warm up, with 1 and 32 connections, and some for the rate. */
const unrecorded = 2 * 3 + 3 * probesEach;
/** Of a run of two rounds with two blocks of nine cases. */
const recorded = 2 * 2 * 9;

test('a server that does not start costs its own cases, with the reason, and not the run', async () => {
  const { collected, slices, evidence } = await collecting({
    stage: {
      refuse: (order) =>
        order.route.server.kind === 'bridge'
          ? new Failure('casesFailed', 'nginx exited with code 1', { hint: 'Its last lines: bind() failed' })
          : undefined,
    },
  });
  expect(collected.state).toBe('complete');
  expect(collected.failedSlices).toBe(recorded / 3);
  const failed = slices.filter((slice) => slice.status === 'failed');
  expect(new Set(failed.map(({ path }) => path))).toEqual(new Set(['bridge/external/published']));
  expect(failed[0]?.error).toEqual({
    message: 'nginx exited with code 1',
    hint: 'Its last lines: bind() failed',
  });
  expect(slices.filter(({ status }) => status === 'completed')).toHaveLength((2 * recorded) / 3);
  expect(evidence.some(({ path }) => path === 'bridge/external/published')).toBe(false);
});

test('packets that go through docker-proxy instead of DNAT are caught in every slice and round, both sides named', async () => {
  const { slices, evidence } = await collecting({
    stage: { proxied: (order) => order.route.server.kind === 'bridge' },
  });
  const bridge = slices.filter(({ path }) => path === 'bridge/external/published');
  expect(bridge).toHaveLength(recorded / 3);
  for (const slice of bridge) {
    if (slice.status !== 'invalid') throw new Error(`${slice.status}: expected an invalid slice`);
    const messages = slice.reasons.map(({ message }) => message).join('\n');
    expect(slice.reasons.every(({ rule }) => rule === 'path_evidence')).toBe(true);
    // Connections are opened in the warm-up: what counts them has nothing to count in a slice.
    expect(messages).not.toContain('DNAT');
    expect(messages).toMatch(/docker-proxy uses no CPU time.*expected at most .* of CPU, saw \d/);
  }
  const contradicted = evidence.filter(({ verdict }) => verdict === 'contradicted');
  expect(contradicted.map(({ path }) => path)).toEqual(Array(2).fill('bridge/external/published'));
  for (const { findings } of contradicted) {
    expect(findings.filter(({ holds }) => !holds)).toMatchObject([
      { claim: expect.stringContaining('DNAT'), expected: 'at least 33 (one a connection)', observed: '0' },
      {
        claim: 'docker-proxy uses no CPU time while requests flow',
        observed: expect.stringMatching(/^\d.* m?s$/),
      },
    ]);
  }
  expect(
    slices.filter(({ path }) => path === 'host/external').every(({ status }) => status === 'completed'),
  ).toBe(true);
});

test('an agent that goes away ends the run, keeps what was measured, and clears the round', async () => {
  const error = new Failure('partial', 'the load agent went away');
  const { collected, slices, stage } = await collecting({
    flags: oneByOne,
    stage: { agentFails: { nth: unrecorded + 6, error } },
  });
  expect(collected).toMatchObject({ state: 'partial', reason: 'the load agent went away', failure: error });
  expect(slices).toHaveLength(5);
  expect(stage.journal.at(-1)).toBe('clear');
});

const gone = new Failure('partial', 'the load agent went away');
const failedOrder = new Failure('casesFailed', 'no such host');

test.each([
  ['all went well', {}, 2],
  ['an order of turns failed', { stage: { agentFails: { nth: unrecorded + 2, error: failedOrder } } }, 2],
  ['an order of the warm-up failed', { stage: { agentFails: { nth: 2, error: failedOrder } } }, 2],
  ['the agent went away', { stage: { agentFails: { nth: unrecorded + 2, error: gone } } }, 1],
  ['the disk took no more', { onAppend: () => raise(new Failure('unfit', 'no room')) }, 1],
] as const)(
  'connections are closed once at the end of each round, before its servers go: %s',
  async (_, options, rounds) => {
    const { stage } = await collecting(options);
    const ends = stage.journal.filter((it) => /^(deploy|let go|clear)/.test(it));
    expect(ends).toEqual(Array(rounds).fill(['deploy 3', 'let go', 'clear']).flat());
  },
);

test('each agent closes its connections, even if another cannot', async () => {
  const { collected, stage } = await collecting({
    flags: {
      ...{ mode: undefined, path: ['bridge/host/container', 'bridge/external/published'] },
      ...{ rounds: '1', blocks: '1', profile: ['latency'] },
    },
    stage: { agentEach: ({ path }) => path.split('/')[1], letGoFails: gone },
  });
  expect(collected).toMatchObject({ state: 'partial', failure: gone });
  expect(stage.journal.slice(-3)).toEqual(['let go', 'let go', 'clear']);
});

test('an interruption does not wait for connections to be closed: the turns before that may take for ever', async () => {
  const controller = new AbortController();
  const { stage } = await collecting({ controller, onTurns: () => controller.abort() });
  expect(stage.journal).not.toContain('let go');
  expect(stage.journal.at(-1)).toBe('clear');
});

function raise(error: Error): never {
  throw error;
}

test.each(['slice', 'evidence'] as const)(
  'a disk that takes no more (%s) ends the run with the first reason, and the round is cleared',
  async (full) => {
    const tried: string[] = [];
    let isFull = false;
    const { collected, slices, stage } = await collecting({
      flags: oneByOne,
      onAppend(what, nth) {
        tried.push(what);
        if (isFull) throw new Failure('unfit', 'no room for another line');
        if (what !== full || nth < 3) return;
        isFull = true;
        throw new Failure('unfit', `no room for the first ${what}`);
      },
    });
    expect(collected).toMatchObject({
      state: 'partial',
      failure: { message: `no room for the first ${full}` },
    });
    expect(slices).toHaveLength(full === 'slice' ? 2 : recorded / 2);
    // What was read of the round is offered all the same.
    expect(tried).toContain('evidence');
    expect(stage.journal.at(-1)).toBe('clear');
  },
);

test('an agent that fails one order fails that slice only', async () => {
  const error = new Failure('casesFailed', 'no such host');
  const { collected, slices } = await collecting({
    flags: oneByOne,
    stage: { agentFails: { nth: unrecorded + 6, error } },
  });
  expect(collected).toMatchObject({ state: 'complete', failedSlices: 1 });
  expect(slices).toHaveLength(recorded);
  expect(slices[5]).toMatchObject({ status: 'failed', error: { message: 'no such host' } });
});

test('an agent that fails an order of turns fails the slices that were to be measured in it', async () => {
  const error = new Failure('casesFailed', 'no such host');
  // Three in the first bout: the second of these fails all three.
  const { collected, slices } = await collecting({ stage: { agentFails: { nth: unrecorded + 2, error } } });
  expect(collected).toMatchObject({ state: 'complete', failedSlices: 3 });
  expect(slices.map(({ status }) => status).slice(0, 4)).toEqual(['failed', 'failed', 'failed', 'completed']);
});

test.each([
  ['of the warm-up', 2],
  ['that tells the capacity of a path', unrecorded],
])('an agent that fails an order %s costs nothing that is recorded', async (_, nth) => {
  const error = new Failure('casesFailed', 'no such host');
  const { collected, slices } = await collecting({ stage: { agentFails: { nth, error } } });
  expect(collected).toMatchObject({ state: 'complete', failedSlices: 0 });
  expect(slices).toHaveLength(recorded);
});

test('an error that is a defect of ours is not recorded as a fault of the server', async () => {
  const stage = { agentFails: { nth: 8, error: new TypeError('x is not a function') } };
  await expect(collecting({ stage: stage })).rejects.toThrow('x is not a function');
});

test('an interrupt ends the run after the slice under way; it is kept, and the round is cleared', async () => {
  const controller = new AbortController();
  const { collected, slices, evidence, stage } = await collecting({
    flags: oneByOne,
    controller,
    stage: { onSlice: (nth) => nth === unrecorded + 3 && controller.abort() },
  });
  expect(collected).toMatchObject({ state: 'partial', reason: 'interrupted by the user' });
  expect(slices).toHaveLength(3);
  expect(evidence).toHaveLength(3);
  expect(stage.journal.at(-1)).toBe('clear');
});

test('an interrupt does not wait for the turns that are under way, which are not kept; what came before is', async () => {
  const controller = new AbortController();
  const { collected, slices, stage } = await collecting({
    controller,
    onTurns: (_, nth) => {
      if (nth === 2) controller.abort();
      // They would take for ever.
      return nth === 2 ? new Promise(() => {}) : undefined;
    },
  });
  expect(collected).toMatchObject({ state: 'partial', reason: 'interrupted by the user' });
  expect(slices).toHaveLength(3);
  expect(stage.journal.at(-1)).toBe('clear');
});

test('an interrupt before the first round deploys nothing', async () => {
  const controller = new AbortController();
  controller.abort();
  const { collected, stage } = await collecting({ controller });
  expect(collected.state).toBe('partial');
  expect(stage.journal).toEqual([]);
});
