import { describe, expect, test } from 'vitest';
import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import type { Warning } from '../../bench/model/warning.ts';
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
      '2 of 16 blocks do not count, because the machine was disturbed (nginx host/external latency: 2 of 16), ' +
        "e.g. other processes used 12 % of the machine's CPU time: the limit is 10 %.",
    ]);
  });

  test('one in twenty is ordinary', () => {
    expect(messages({ rounds: 10, disturbed: disturbed(1) }, 'disturbed-blocks')).toEqual([]);
    expect(messages({ rounds: 9, disturbed: disturbed(1) }, 'disturbed-blocks')).toHaveLength(1);
  });

  test('more than a fifth are a selection', () => {
    const [warning] = warnings({ disturbed: disturbed(4) }).filter(({ code }) => code === 'disturbed-blocks');
    expect(warning?.hint).toMatch(/^Where more than a fifth is lost, the rest may be a selection/);
  });

  test('are one warning, however many comparisons they meet: the worst are named', () => {
    const servers = ['nginx', 'apache'] as const;
    const profiles = ['latency', 'steady', 'throughput'] as const;
    const everywhere = [...disturbed(2), { server: 'apache' as const, round: 5, foreign: 0.12 }];
    const [message, ...others] = messages({ servers, profiles, disturbed: everywhere }, 'disturbed-blocks');
    expect(others).toEqual([]);
    expect(message).toMatch(
      /^18 of 96 blocks do not count, because the machine was disturbed \(apache host\/external latency: 4 of 16; apache host\/external steady: 4 of 16; apache host\/external throughput: 4 of 16; and 3 more\), e\.g\. /,
    );
  });

  test('the block that a run was interrupted in is none', () => {
    expect(messages({ keptShare: 0.45 }, 'disturbed-blocks')).toEqual([]);
  });
});

describe('rounds that a case has no figure in', () => {
  test('are told by rule, with the case and the first reason', () => {
    const faulty = [
      { path: bridgePath, round: 2, block: 1 },
      { path: bridgePath, round: 5 },
    ];
    expect(messages({ faulty }, 'missed-rounds')).toEqual([
      `2 rounds without a figure by the rule faults (nginx ${bridgePath} latency: 2 of 8), e.g. 3 connection errors: the limit is 0.`,
    ]);
  });

  test('for slices that failed there is a warning of its own, with the hint of the error', () => {
    const [warning, ...others] = warnings({ seed: 4, failedSlices: 1 });
    expect(others).toEqual([]);
    expect(warning).toMatchObject({
      code: 'failed-slices',
      message: expect.stringMatching(/^1 slice failed \(nginx .*: 1 of 16\): the load agent went away$/),
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
      'Two identical servers in host mode differ, so every verdict there is untrusted: nginx host/external latency (median latency, p = 0.008).',
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
      'The noise check cannot fail, however much the two copies of host mode differ: nginx host/external latency; apache host/external latency: 6 rounds, 7 are needed.',
    ]);
  });
});

test('too few rounds to show anything: which comparisons, and how many rounds it needs for all of them', () => {
  expect(warnings({ rounds: 6 }).filter(({ code }) => code === 'too-few-rounds')).toEqual([
    {
      code: 'too-few-rounds',
      message: `Too few rounds to show any difference at 95 %: nginx ${bridgePath} latency; nginx ${mappedPath} latency: 6 rounds, 7 are needed.`,
      hint: 'Repeat with --rounds 7 or more.',
    },
  ]);
  expect(messages({ rounds: 7 }, 'too-few-rounds')).toEqual([]);
});

test('rounds that were lost are named with their rule, and a run is never told to have fewer than it had', () => {
  const faulty = [2, 5, 6, 7].map((round) => ({ path: bridgePath, round }));
  const [warning, ...others] = warnings({ rounds: 10, faulty }).filter(
    ({ code }) => code === 'too-few-rounds',
  );
  // More than a fifth of the rounds is lost: the verdict is untrusted, and more rounds are not what it lacks.
  expect([warning, ...others]).toEqual([undefined]);
  const twins = warnings({
    rounds: 8,
    faulty: [2, 5].map((round) => ({ role: 'twin' as const, round })),
    servers: ['nginx', 'apache'],
  });
  expect(twins.find(({ code }) => code === 'twin-blind')).toEqual({
    code: 'twin-blind',
    message:
      'The noise check cannot fail, however much the two copies of host mode differ: ' +
      'nginx host/external latency; apache host/external latency: 2 of 8 rounds were lost (rule faults), 6 are left, 7 are needed.',
    hint: 'Repeat with --rounds 10 or more, on a quieter machine if you can.',
  });
});

test('slices of one path that begin slower than they continue are told, with the size', () => {
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
      /^In the first two turns of the slices the ratio to the baseline differs from that of the other turns: nginx bridge\/external\/published latency −\d+(\.\d)? % \[.*\], p = 0\.016\.$/,
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
