import { expect, test } from 'vitest';
import { loadProfiles } from '../../bench/model/profile.ts';
import type { RunComparison, RunComparisons } from '../../bench/model/run-comparison.ts';
import type { RunRecord } from '../../bench/model/run-record.ts';
import { plainService } from '../../bench/model/service.fixture.ts';
import type { Overhead } from '../../bench/model/summary.ts';
import { bridgePath, mappedPath, usualEffect } from '../synthetic-run.fixture.ts';
import { compareRuns } from './compare-runs.ts';
import { environmentFinding, environmentRows } from './comparison-words.ts';
import { recordOf } from './recorded-runs.fixture.ts';

const [first, second, third] = [recordOf(1), recordOf(2), recordOf(3)];
/** Its bridge has a latency of 30 % over host mode instead of 19 %. */
const slowed = recordOf(4, { effects: { [bridgePath]: { ...usualEffect, latency: 1.3 } } });
const disturbed = recordOf(5, {
  foreign: { share: 0.2, processes: ['chrome'] },
  effects: { [bridgePath]: { ...usualEffect, latency: 2 } },
});

function comparisonIn(
  { comparisons }: RunComparisons,
  wanted: Partial<RunComparison> = { server: 'nginx', path: bridgePath, metric: 'latency_p50_us' },
): RunComparison {
  const found = comparisons.find((it) => isAmong(wanted, it));
  if (found === undefined) throw new Error('no such comparison');
  return found;
}

function isAmong(wanted: object, comparison: object): boolean {
  const fields: Readonly<Record<string, unknown>> = { ...comparison };
  return Object.entries(wanted).every(([key, value]) => fields[key] === value);
}

function changed(record: RunRecord, change: (overhead: Overhead) => readonly Overhead[]): RunRecord {
  return { ...record, summary: { ...record.summary, overheads: record.summary.overheads.flatMap(change) } };
}

test('runs of the same truth: nothing is shown to be slower or faster', () => {
  const { comparisons, notCompared, environment, warnings } = compareRuns([first, second]);
  const declared = comparisons.filter((it) => it.declared);
  expect(declared).toHaveLength(12);
  for (const { differences } of declared) {
    expect(differences).toHaveLength(1);
    expect(['equivalent', 'open']).toContain(differences[0]?.verdict);
  }
  expect({ notCompared, warnings, environment }).toEqual({
    notCompared: [],
    warnings: [],
    environment: { same: true, differences: [], passing: [] },
  });
});

test('what has become slower is a difference of that path and metric alone, with Holm over all main results', () => {
  const document = compareRuns([first, slowed]);
  const { differences, overheads } = comparisonIn(document);
  expect(differences).toEqual([expect.objectContaining({ from: 'A', to: 'B', verdict: 'slower' })]);
  const [difference] = differences;
  const { ratio = 0, pValue = 1, pCorrected = 0 } = difference?.estimate ?? {};
  expect(ratio).toBeCloseTo((overheads[1]?.measured?.ratio ?? 0) / (overheads[0]?.measured?.ratio ?? 1), 10);
  expect(pCorrected).toBeGreaterThan(pValue);
  const others = document.comparisons.flatMap((it) =>
    it.declared ? it.differences.flatMap(({ verdict }) => (verdict === 'slower' ? [it] : [])) : [],
  );
  expect(others.map(({ path, metric }) => [path, metric])).toEqual([
    [bridgePath, 'latency_p50_us'],
    [bridgePath, 'latency_p50_us'],
  ]);
});

test('figures that were not declared have an estimate, no verdict, and no part in the correction', () => {
  const { comparisons } = compareRuns([first, second]);
  const others = comparisons.filter((it) => !it.declared);
  expect(others.length).toBeGreaterThan(10);
  for (const { differences } of others) {
    expect(differences[0]?.verdict).toBeUndefined();
    expect(differences[0]?.estimate).toBeDefined();
    expect(differences[0]?.estimate?.pCorrected).toBeUndefined();
  }
  expect(comparisons.findLastIndex((it) => it.declared)).toBe(11);
});

test('a run that cannot be trusted stays untrusted, whatever its figures are', () => {
  const document = compareRuns([first, disturbed]);
  const declared = document.comparisons.filter((it) => it.declared);
  for (const { differences } of declared) {
    expect(differences).toEqual([
      {
        from: 'A',
        to: 'B',
        verdict: 'untrusted',
        reason: expect.stringMatching(/^B: other processes took 20 %/),
      },
    ]);
  }
});

test('what makes a main result untrusted makes the figures beside it untrusted', () => {
  const untrusted = changed(second, (it) =>
    it.declared && it.profile === 'latency' && it.path === bridgePath
      ? [{ ...it, verdict: 'untrusted', reason: 'its twin differs' }]
      : [it],
  );
  const document = compareRuns([first, untrusted]);
  const beside = comparisonIn(document, { path: bridgePath, profile: 'latency', metric: 'latency_p90_us' });
  expect(beside.differences[0]).toEqual({
    ...{ from: 'A', to: 'B', verdict: 'untrusted', reason: 'B: its twin differs' },
  });
  const other = comparisonIn(document, { path: mappedPath, profile: 'latency', metric: 'latency_p90_us' });
  expect(other.differences[0]?.estimate).toBeDefined();
});

test('a capacity that the load generator limited was not measured, and gets no verdict', () => {
  const limited = recordOf(6, { agentIsLimit: true });
  const { differences } = comparisonIn(compareRuns([first, limited]), { metric: 'throughput_rps' });
  expect(differences).toEqual([
    {
      from: 'A',
      to: 'B',
      reason: expect.stringMatching(/^not measured: B: the load generator was the limit/),
    },
  ]);
});

test('what only one run has is named with that run', () => {
  const { notCompared, comparisons } = compareRuns([
    first,
    changed(second, (it) => (it.path === mappedPath && it.server === 'apache' ? [] : [it])),
  ]);
  expect(notCompared.length).toBeGreaterThan(5);
  for (const it of notCompared) {
    expect(it).toMatchObject({ server: 'apache', path: mappedPath, runs: ['A'], reason: 'only A has it' });
  }
  expect(comparisons.filter((it) => it.server === 'apache' && it.path === mappedPath)).toEqual([]);
});

test('under another load it is another question: it is named and not compared', () => {
  const large = recordOf(7, { plan: { bodyBytes: 65_536 } });
  const { comparisons, notCompared } = compareRuns([first, large]);
  expect(comparisons).toEqual([]);
  expect(notCompared[0]).toMatchObject({
    runs: ['A', 'B'],
    reason: 'the load differs: body 1024 bytes in A, 65536 bytes in B',
  });
  const { latency, steady, throughput } = loadProfiles;
  const wide = recordOf(8, { plan: { profiles: [latency, { ...steady, connections: 64 }, throughput] } });
  const profiles = new Set(compareRuns([first, wide]).notCompared.map(({ profile }) => profile));
  expect([...profiles]).toEqual(['steady']);
});

test('a service of a new tag is compared: its image is a difference of the environments, and no other load', () => {
  const built = (night: number, tag: string) =>
    recordOf(night, {
      plan: { service: { ...plainService, image: `my/app:${tag}` } },
      environment: { serviceImage: `sha256:${tag}` },
    });
  const document = compareRuns([built(1, 'a1'), built(2, 'b2')]);
  expect(document.notCompared).toEqual([]);
  expect(comparisonIn(document).differences[0]?.estimate).toBeDefined();
  expect(document.environment).toEqual({
    same: false,
    differences: [
      {
        group: 'image',
        name: 'service image',
        values: [
          { run: 'A', value: 'sha256:a1' },
          { run: 'B', value: 'sha256:b2' },
        ],
      },
    ],
    passing: [],
  });
});

test('absolute figures are there only where environments and methods are the same', () => {
  const absoluteOf = (document: RunComparisons) => comparisonIn(document).overheads[0]?.measured?.absolute;
  expect(absoluteOf(compareRuns([first, second]))).toMatchObject({ baselineValue: expect.any(Number) });
  const document = compareRuns([first, recordOf(2, { environment: { kernel: '6.2.0' } })]);
  expect(absoluteOf(document)).toBeUndefined();
  expect(document.environment).toEqual({
    same: false,
    differences: [
      {
        group: 'kernel',
        name: 'kernel',
        values: [
          { run: 'A', value: '6.1.0-40-amd64' },
          { run: 'B', value: '6.2.0' },
        ],
      },
    ],
    passing: [],
  });
  expect(JSON.stringify(document)).not.toMatch(/"(baseline|contender)Value"/);
});

test('a fact that may differ in one environment is named, and absolute figures stay', () => {
  const withRules = (night: number, firewallRules: number) =>
    recordOf(night, {
      environment: {
        network: { firewallRules, inputPolicy: 'ACCEPT, 0 rules', bridgeNetfilter: true, mtu: {} },
      },
    });
  const document = compareRuns([withRules(1, 15), withRules(2, 215)]);
  expect(document.environment).toMatchObject({
    same: true,
    passing: [{ name: 'firewall rules', values: [{ value: '15' }, { value: '215' }] }],
  });
  expect(environmentFinding(document)).toBe(
    'Environment and method are the same: absolute figures compare as well. What may differ in one environment, and may be why a path costs more or less: firewall rules.',
  );
  expect(environmentRows(document)).toEqual([{ name: 'firewall rules', values: ['A: 15', 'B: 215'] }]);
});

test('another version of bench with the same schema is compared, with a warning', () => {
  const { warnings, comparisons } = compareRuns([
    first,
    recordOf(2, { environment: { benchVersion: '0.2.0' } }),
  ]);
  expect(comparisons.length).toBeGreaterThan(0);
  expect(warnings.map(({ code, message }) => [code, message])).toEqual([
    ['other-bench-version', 'The runs were measured by several versions of bench: A by 0.1.0, B by 0.2.0.'],
  ]);
});

test('partial runs and other rates are told', () => {
  const partial = recordOf(2, { keptShare: 0.8 });
  const { warnings } = compareRuns([first, { ...partial, run: { ...partial.run, rates: { nginx: 4_500 } } }]);
  expect(warnings.map(({ code, message }) => [code, message])).toEqual([
    ['partial-run', 'B is partial: interrupted by Ctrl-C.'],
    ['other-rate', 'The equal rate of nginx differs: 9,000 requests/s in A, 4,500 requests/s in B.'],
  ]);
});

test('three runs: each against the first, and all together over those that count', () => {
  const document = compareRuns([first, second, third]);
  const { differences, across } = comparisonIn(document);
  expect(differences.map(({ from, to }) => [from, to])).toEqual([
    ['A', 'B'],
    ['A', 'C'],
  ]);
  expect(across?.runs).toEqual(['A', 'B', 'C']);
  expect(across?.ratioLow).toBeLessThan(1.19);
  expect(across?.ratioHigh).toBeGreaterThan(1.19);
  expect(across?.furtherLow).toBeLessThan(across?.ratioLow ?? 0);
  expect(comparisonIn(compareRuns([first, second, disturbed])).across).toBeUndefined();
  expect(comparisonIn(compareRuns([first, disturbed, second, third])).across?.runs).toEqual(['A', 'C', 'D']);
});

test('what the first run lacks is compared with the first that has it', () => {
  const without = changed(first, (it) => (it.path === mappedPath ? [] : [it]));
  const { differences } = comparisonIn(compareRuns([without, second, third]), { path: mappedPath });
  expect(differences.map(({ from, to }) => [from, to])).toEqual([['B', 'C']]);
});

test('a run of one round has no interval, and is left out', () => {
  const short = recordOf(9, { rounds: 1 });
  const { differences } = comparisonIn(compareRuns([first, short]));
  expect(differences).toEqual([
    { from: 'A', to: 'B', reason: 'not measured: B: its rounds are too few, or too equal, for an interval' },
  ]);
});
