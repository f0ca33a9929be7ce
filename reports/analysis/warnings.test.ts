import { describe, expect, test } from 'vitest';
import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import type { Warning } from '../../bench/model/summary.ts';
import { bridgePath, mappedPath, type SyntheticOptions, syntheticRun } from '../synthetic-run.fixture.ts';
import { buildReportModel } from './build-report-model.ts';

const small = { seed: 3, rounds: 8, blocks: 2, servers: ['nginx'], profiles: ['latency'] } as const;

function warningsOf(recorded: RecordedRun): readonly Warning[] {
  return buildReportModel(recorded).summary.warnings;
}

function warnings(options: Partial<SyntheticOptions>): readonly Warning[] {
  return warningsOf(syntheticRun({ ...small, ...options }));
}

function messages(options: Partial<SyntheticOptions>, code: string): readonly string[] {
  return warnings(options).flatMap((it) => (it.code === code ? [it.message] : []));
}

test('of a run in which nothing went wrong there is nothing to warn of', () => {
  expect(warnings({ profiles: ['latency', 'steady', 'throughput'] })).toEqual([]);
});

describe('foreign load', () => {
  test('above 5 % of the machine it is told, with the largest processes; small ones are not named', () => {
    const foreign = { share: 0.08, processes: ['chrome', 'backup', 'cron', 'sshd', 'idle'] };
    expect(messages({ foreign }, 'foreign-load')).toEqual([
      "Other processes took 8 % of this machine's CPU time during the run (chrome, 4 %; backup, 2 %; cron, 1 %).",
    ]);
  });

  test('above 10 % it says that no verdict can be trusted', () => {
    expect(messages({ foreign: { share: 0.31 } }, 'foreign-load')).toEqual([
      "Other processes took 31 % of this machine's CPU time during the run, so every verdict is untrusted.",
    ]);
  });

  test('up to 5 % it is no matter', () => {
    expect(messages({ foreign: { share: 0.049 } }, 'foreign-load')).toEqual([]);
  });
});

describe('disturbed blocks', () => {
  const disturbed = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ round: index + 1, block: 1, foreign: 0.12 }));

  test('are told of the group, with an example of the rule, whatever else its slices broke', () => {
    const faulty = [{ role: 'baseline' as const, round: 8, block: 2 }];
    expect(messages({ disturbed: disturbed(2), faulty }, 'disturbed-blocks')).toEqual([
      'nginx host/external latency: 2 of 16 blocks do not count for any of its paths, e.g. other processes used ' +
        "12.0 % of the machine's CPU time: the limit is 10.0 %.",
    ]);
  });

  test('one in twenty is ordinary', () => {
    expect(messages({ rounds: 10, disturbed: disturbed(1) }, 'disturbed-blocks')).toEqual([]);
    expect(messages({ rounds: 9, disturbed: disturbed(1) }, 'disturbed-blocks')).toHaveLength(1);
  });

  test('more than a fifth are a selection', () => {
    const [warning] = warnings({ disturbed: disturbed(4) }).filter(({ code }) => code === 'disturbed-blocks');
    expect(warning?.hint).toMatch(/^What is left may be a selection/);
  });

  test('the block that a run was interrupted in is none', () => {
    expect(messages({ keptShare: 0.45 }, 'disturbed-blocks')).toEqual([]);
  });
});

describe('rounds that a case has no figure in', () => {
  test('are told of that case, with the first reason', () => {
    const faulty = [
      { path: bridgePath, round: 2, block: 1 },
      { path: bridgePath, round: 5 },
    ];
    expect(messages({ faulty }, 'missed-rounds')).toEqual([
      `nginx ${bridgePath} latency: no figure in 2 of 8 rounds, e.g. 3 connection errors: the limit is 0.`,
    ]);
  });

  test('for slices that failed there is a warning of its own, with the hint of the error', () => {
    const [warning, ...others] = warnings({ seed: 4, failedSlices: 1 });
    expect(others).toEqual([]);
    expect(warning).toMatchObject({
      code: 'failed-slices',
      message: expect.stringMatching(/: 1 of 16 slices failed: the load agent went away$/),
      hint: 'Run `bench doctor`, then repeat the run.',
    });
  });

  test('contradicted evidence is told by deployment and round, with both sides', () => {
    expect(messages({ contradicted: true }, 'evidence-contradicted')).toEqual([
      `nginx ${mappedPath}, round 1: the packets did not take this path: the published port's DNAT rule counts a ` +
        'packet for each connection: expected 33 packets, observed 0 packets.',
    ]);
    expect(messages({ contradicted: true }, 'missed-rounds')).toHaveLength(1);
  });

  test('a case without any round is unmeasured', () => {
    const codes = warnings({ faulty: [{ path: bridgePath, block: 1 }] }).map(({ code }) => code);
    expect(codes).toEqual(['missed-rounds', 'unmeasured-case']);
  });
});

describe('the twin', () => {
  test('that differs is told with p', () => {
    expect(messages({ twinEffect: { latency: 1.15 } }, 'twin-differs')).toEqual([
      'nginx host/external latency: two identical deployments differ in median latency (p = 0.008), so every verdict there is untrusted.',
    ]);
  });

  test('that is missing, or none of whose rounds count, is no control', () => {
    expect(messages({ twin: false }, 'no-twin')).toHaveLength(1);
    expect(messages({ faulty: [{ role: 'twin', block: 1 }] }, 'no-twin')).toHaveLength(1);
  });

  test('that cannot fail in so few rounds is blind', () => {
    const [message] = messages({ rounds: 7, servers: ['nginx', 'apache'] }, 'twin-blind');
    expect(message).toBeUndefined();
    expect(messages({ rounds: 6, servers: ['nginx', 'apache'] }, 'twin-blind')).toEqual([
      'With 6 rounds the A/A control cannot fail, however much the twins differ: corrected together they need at least 7.',
    ]);
  });
});

test('too few rounds to show anything: how many it needs for all declared comparisons', () => {
  expect(messages({ rounds: 6 }, 'too-few-rounds')).toEqual([
    '6 rounds are too few to show any difference at 95 %: it needs at least 7.',
  ]);
  expect(messages({ rounds: 7 }, 'too-few-rounds')).toEqual([]);
});

test('slices of one path that begin slower than they go on are told, with the size', () => {
  const recorded = syntheticRun(small);
  const slices = recorded.slices.map((slice) =>
    slice.status === 'completed' && slice.path === bridgePath
      ? { ...slice, turnRates: slice.turnRates?.map((rate, turn) => (turn < 2 ? 0.8 * rate : rate)) ?? [] }
      : slice,
  );
  const [warning, ...others] = warningsOf({ ...recorded, slices });
  expect(others).toEqual([]);
  expect(warning).toMatchObject({
    code: 'unsteady-start',
    message: expect.stringMatching(
      /^nginx bridge\/external\/published latency: in the first two turns of the slices the ratio to the baseline is −\d+(\.\d)? % \[.*\] against the other turns \(p = 0\.016\)\.$/,
    ),
  });
});

test('a partial run says of how many rounds it is', () => {
  expect(messages({ keptShare: 0.55 }, 'partial-run')).toEqual([
    'The run is partial (interrupted by Ctrl-C): slices of 5 of 8 planned rounds are in it.',
  ]);
});

test('CPUs that both ends share are told', () => {
  expect(warnings({ pinning: { kind: 'shared' } }).map(({ code }) => code)).toContain('shared-pinning');
});

test("the folder's own warnings come first", () => {
  const warning = { code: 'truncated-line', message: 'the last line is cut off', hint: 'nothing to do' };
  const recorded = syntheticRun({ ...small, keptShare: 0.55 });
  expect(warningsOf({ ...recorded, warnings: [warning] })[0]).toEqual(warning);
});
