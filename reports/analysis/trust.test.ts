import { describe, expect, test } from 'vitest';
import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import { isMeasured, type Overhead } from '../../bench/model/summary.ts';
import { foreignShare } from '../../bench/model/validity-rules.ts';
import { bridgePath, mappedPath, type SyntheticOptions, syntheticRun } from '../synthetic-run.fixture.ts';
import { analyse } from './analyse.ts';
import { baselineCase, bridgeCase, completedSlice, groupOf } from './recorded-case.fixture.ts';
import { processWords, stretchesOf } from './trust.ts';

const small = { seed: 3, rounds: 8, blocks: 2, servers: ['nginx'], profiles: ['latency'] } as const;

/** Verdict and reason of each declared comparison. */
function declaredOf(recorded: RecordedRun): ReadonlyMap<string, Overhead> {
  const { groups } = analyse(recorded);
  const overheads = groups.flatMap((it) => it.overheads.map(({ overhead }) => overhead));
  return new Map(overheads.flatMap((it) => (it.declared ? [[`${it.profile} ${it.path}`, it] as const] : [])));
}

function bridge(options: Partial<SyntheticOptions>): Overhead | undefined {
  return declaredOf(syntheticRun({ ...small, ...options })).get(`latency ${bridgePath}`);
}

test('a run in which nothing went wrong is trusted', () => {
  expect([...declaredOf(syntheticRun(small)).values()].map(({ verdict }) => verdict)).toEqual([
    'slower',
    'slower',
  ]);
});

describe('other load on the machine', () => {
  test('up to a tenth of the machine the verdicts stand', () => {
    expect(bridge({ foreign: { share: 0.09 } })?.verdict).toBe('slower');
  });

  test('above it no block counts, the verdict is untrusted, and the processes are named', () => {
    const overhead = bridge({ foreign: { share: 0.31, processes: ['chrome', 'backup', 'cron', 'sshd'] } });
    expect(overhead).toEqual({
      ...{ server: 'nginx', profile: 'latency', path: bridgePath, baseline: 'host/external' },
      ...{ metric: 'latency_p50_us', declared: true, verdict: 'untrusted' },
      reason:
        'other processes took 31 % of this machine (chrome, 16 %; backup, 7.8 %; cron, 3.9 %), more than 10 %; ' +
        '16 of 16 blocks do not count, more than 20 %',
    });
  });

  test('it is a mean over all blocks, those included that do not count', () => {
    // Three of sixteen blocks are left out, which is allowed; but 3 × 70 % over 16 is 13 %.
    const disturbed = [1, 2, 3].map((round) => ({ round, block: 1, foreign: 0.7 }));
    const overhead = bridge({ disturbed });
    expect(overhead).toMatchObject({ verdict: 'untrusted', reason: expect.stringContaining('14 %') });
    expect(overhead !== undefined && isMeasured(overhead) && overhead.rounds).toBe(8);
  });

  test('cases that take no turns have each their own figures, and those that do share one', () => {
    const share = (of: (path: string) => number) => {
      const slices = [baselineCase, bridgeCase].map((subject) => {
        const slice = completedSlice(subject, { round: 1, block: 1 });
        const foreignSeconds = of(subject.path);
        // A second of two CPUs each.
        return { ...slice, machine: { ...slice.machine, busySeconds: 1 + foreignSeconds, foreignSeconds } };
      });
      const figures = stretchesOf([groupOf(slices)]);
      return { stretches: figures.length, share: foreignShare(figures) };
    };
    expect(share(() => 0.4)).toEqual({ stretches: 1, share: 0.2 });
    expect(share((path) => (path === bridgePath ? 0.8 : 0))).toEqual({ stretches: 2, share: 0.2 });
  });

  test('where a block does not say how much it was, nothing is said of it', () => {
    const recorded = syntheticRun({ ...small, foreign: { share: 0.09 } });
    const [first] = recorded.slices;
    if (first?.status !== 'completed') throw new Error('no slice');
    const unread = recorded.slices.map((slice) => {
      if (slice.status !== 'completed' || slice.round !== 1) return slice;
      const { foreignSeconds: _, ...machine } = slice.machine;
      return { ...slice, machine };
    });
    expect(analyse({ ...recorded, slices: unread }).foreign).toBeUndefined();
  });
});

test('what a process used is a share of the whole machine, and small ones are not named', () => {
  const processes = [
    { name: 'chrome', share: 0.22 },
    { name: 'cron', share: 0.009 },
  ];
  expect(processWords({ share: 0.3, processes })).toBe('chrome, 22 %');
  expect(processWords({ share: 0.3, processes: [] })).toBe('');
  const evil = { name: 'a\u001b[2J\nb', share: 0.2 };
  expect(processWords({ share: 0.3, processes: [evil] })).toBe('a\\u001b[2J b, 20 %');
});

describe('blocks and rounds that do not count', () => {
  const disturbed = (blocks: number) =>
    Array.from({ length: blocks }, (_, index) => ({ round: index + 1, block: 1, foreign: 0.11 }));

  test('a fifth of the blocks may be disturbed, and no more', () => {
    expect(bridge({ disturbed: disturbed(3) })?.verdict).toBe('slower');
    expect(bridge({ disturbed: disturbed(4) })).toMatchObject({
      verdict: 'untrusted',
      reason: '4 of 16 blocks do not count, more than 20 %',
    });
  });

  test("a case's faults make its own comparison untrusted, and no other", () => {
    const faulty = [1, 2].map((round) => ({ path: bridgePath, round, block: 2 }));
    const declared = declaredOf(syntheticRun({ ...small, faulty }));
    expect(declared.get(`latency ${bridgePath}`)).toMatchObject({
      verdict: 'untrusted',
      reason: '2 of 8 rounds do not count, more than 20 %',
    });
    expect(declared.get(`latency ${mappedPath}`)).toMatchObject({ verdict: 'slower', rounds: 8 });
  });

  test("the baseline's faults make all comparisons with it untrusted", () => {
    const faulty = [1, 2].map((round) => ({ role: 'baseline' as const, round, block: 2 }));
    const declared = declaredOf(syntheticRun({ ...small, faulty }));
    expect([...declared.values()].map(({ verdict }) => verdict)).toEqual(['untrusted', 'untrusted']);
  });
});

describe('the twin', () => {
  test('that differs makes its group untrusted, and no other group', () => {
    const recorded = syntheticRun({
      ...small,
      profiles: ['latency', 'steady'],
      twinEffect: { latency: 1.15 },
    });
    const declared = declaredOf(recorded);
    expect(declared.get(`latency ${bridgePath}`)).toMatchObject({
      verdict: 'untrusted',
      reason: expect.stringMatching(
        /^the noise check failed: a second copy of host\/external differs from it by 1\d.* % \[.*\], p = 0\.016 after Holm's correction over 2 noise checks$/,
      ),
    });
    expect(declared.get(`steady ${bridgePath}`)?.verdict).toBe('slower');
  });

  test('that is not shown to differ takes nothing back', () => {
    expect(bridge({ twinEffect: { latency: 1.0005 } })?.verdict).toBe('slower');
  });
});

test('all reasons are told', () => {
  const overhead = bridge({ twinEffect: { latency: 1.15 }, faulty: [{ path: bridgePath, block: 1 }] });
  expect(overhead?.reason).toMatch(
    /^the noise check failed: .*; 8 of 8 rounds do not count, more than 20 %$/,
  );
});
