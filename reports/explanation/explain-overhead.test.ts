import { describe, expect, test } from 'vitest';
import type { OverheadExplanation } from '../../bench/model/explanation.ts';
import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import { formatNumber } from '../format.ts';
import { asValues } from '../statistics/location.ts';
import { hodgesLehmann, signedRank } from '../statistics/signed-rank.ts';
import { baselinePath, bridgePath, syntheticRun } from '../synthetic-run.fixture.ts';
import { answer, listFigures } from './explain.ts';
import { renderExplanation } from './explanation-text.ts';

const recorded = syntheticRun({
  seed: 21,
  rounds: 8,
  blocks: 3,
  servers: ['nginx'],
  invalidShare: 0.05,
  sliceSeconds: 0.6,
});
const bridge = `nginx:throughput:${bridgePath}:throughput`;

function explainOverhead(run: RecordedRun, figure: string): OverheadExplanation {
  const answered = answer(run, figure);
  if (answered.kind !== 'explanation') throw new Error(`${figure} is no figure`);
  const { explanation } = answered;
  if (explanation.kind !== 'overhead' && explanation.kind !== 'twin') throw new Error(explanation.kind);
  return explanation;
}

describe('the explanation of an overhead', () => {
  const explanation = explainOverhead(recorded, bridge);

  test('leads from the slices to the rounds and from the rounds to the ratio, by hand', () => {
    for (const { slices, logRatio } of explanation.rounds) {
      const of = (side: string) => slices.filter((it) => it.side === side).map(({ value }) => value ?? 0);
      const blocks = of('contender').map((to, block) => Math.log(to / (of('baseline')[block] ?? 0)));
      const averages = blocks.flatMap((a, i) => blocks.slice(i).map((b) => (a + b) / 2));
      const ascending = averages.toSorted((a, b) => a - b);
      const half = (ascending.length - 1) / 2;
      const middle = [ascending[Math.floor(half)] ?? 0, ascending[Math.ceil(half)] ?? 0] as const;
      expect(logRatio).toBeCloseTo((middle[0] + middle[1]) / 2, 12);
    }
    const rounds = asValues(explanation.rounds.map(({ logRatio }) => logRatio));
    expect(rounds).toHaveLength(8);
    const expected = rounds && Math.exp(hodgesLehmann(signedRank(rounds)));
    expect(explanation.overhead.ratio).toBeCloseTo(expected ?? 0, 12);
    // 8 rounds at 95 %: the critical value is 3, so the interval begins at the 4th of 36 averages.
    expect(explanation.estimator).toMatchObject({ walshAverages: 36, rank: 4, wanted: 0.95 });
  });

  test('leads from the turns, where slices have them', () => {
    const slices = recorded.slices.map((slice, index) => {
      if (slice.status !== 'completed') return slice;
      const rate = slice.requests / slice.wallSeconds;
      return {
        ...slice,
        turns: 2,
        turnRates: [rate * (1 + (index % 7) / 100), rate * (1 - (index % 5) / 100)],
      };
    });
    const inTurns = explainOverhead({ ...recorded, slices }, bridge);
    expect(inTurns.estimator.ofRound).toContain('its turns');
    for (const { slices: ofRound, logRatio, wholeLogRatio } of inTurns.rounds) {
      const of = (side: string) =>
        ofRound.filter((it) => it.side === side).flatMap((it) => it.turnRates ?? []);
      const before = of('baseline');
      expect(before).toHaveLength(ofRound.length);
      const logs = of('contender').map((to, turn) => Math.log(to / (before[turn] ?? 0)));
      const expected = asValues(logs);
      expect(logRatio).toBeCloseTo((expected && hodgesLehmann(signedRank(expected))) ?? 0, 12);
      expect(wholeLogRatio).toBeDefined();
    }
    const text = renderExplanation(inTurns);
    const rates = inTurns.rounds[0]?.slices[0]?.turnRates ?? [];
    expect(text).toContain(`(turns ${rates.map((rate) => formatNumber(rate, 0)).join(' ')})`);
  });

  test('names every slice that was left out, with the rule, and those that lost their partner', () => {
    const ownCases = recorded.slices.filter(
      ({ profile, path, role }) => profile === 'throughput' && (path === bridgePath || role === 'baseline'),
    );
    const invalid = ownCases.filter(({ status, role }) => status === 'invalid' && role !== 'twin');
    const named = explanation.leftOut.filter(({ status }) => status === 'invalid');
    expect(named).toHaveLength(invalid.length);
    expect(named.every(({ why }) => why === 'faults: 3 connection errors')).toBe(true);
    expect(explanation.leftOut.filter(({ status }) => status === 'unpaired').length).toBeGreaterThan(0);
  });

  test('says the correction, the margin and what could have been shown', () => {
    expect(explanation.decision).toMatchObject({
      margin: 0.02,
      correction: { comparisons: 2, of: 'contenders' },
    });
    expect(explanation.detectable?.change).toBe(explanation.overhead.detectable);
    expect(explanation.decision.steps.at(-1)).toMatch(/^slower: the 95 % interval/);
  });

  test('as text has each of its parts', () => {
    const text = renderExplanation(explanation);
    expect(text).toContain(
      `throughput of nginx under the throughput profile (32 connections): ${bridgePath} against ${baselinePath}`,
    );
    expect(text).toContain('from the 4th smallest to the 4th largest average, which covers with 96.09 %');
    expect(text.match(/^ {3}round \d, blocks [\d ]+: ratio 0\.8/gm)).toHaveLength(8);
    expect(text).toContain('Holm over 2 contenders');
    expect(text).toContain('detectable with 80 % power: exp(');
    expect(text).toMatch(/(baseline|contender), round \d, block \d: invalid: faults: 3 connection errors/);
    expect(text).toContain('bench/docs/method.md');
    expect(text).not.toMatch(/NaN|undefined/);
  });

  test("of a pooled quantile has the responses, and of the twin's the word", () => {
    const p99 = renderExplanation(explainOverhead(recorded, `nginx:throughput:${bridgePath}:latency-p99`));
    expect(p99).toContain('Needs 10,000 responses in every round');
    expect(p99).toMatch(/baseline {3}[\d,]+ responses, /);
    const twin = explainOverhead(recorded, `nginx:latency:${baselinePath}@twin:latency-p50`);
    expect(twin.question).toContain('its identical twin against host/external');
  });
});

test('a path that is compared with two baselines is named with the one that is meant', () => {
  const [comparison] = recorded.run.plan.comparisons;
  if (comparison === undefined) throw new Error('no comparison');
  const plan = {
    ...recorded.run.plan,
    comparisons: [comparison, { ...comparison, contenders: [bridgePath] }],
  };
  const { figures } = listFigures({ ...recorded, run: { ...recorded.run, plan } });
  expect(figures.map(({ figure }) => figure)).toContain(
    `nginx:throughput:${bridgePath}@${baselinePath}:throughput`,
  );
});

test('a far quantile that the run is too short for is answered with what it needs', () => {
  expect(() => answer(recorded, `nginx:latency:${bridgePath}:latency-p99.9`)).toThrow(
    expect.objectContaining({
      hint: expect.stringContaining('latency-p99.9 needs 100,000 responses in every round'),
    }),
  );
});

test('an unknown figure is answered with the nearest one and how to list them', () => {
  expect(() => answer(recorded, `nginx:throughput:${bridgePath}:throughputs`)).toThrow(
    expect.objectContaining({ kind: 'usage', hint: expect.stringContaining(`Did you mean "${bridge}"?`) }),
  );
});
