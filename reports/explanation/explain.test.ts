import { describe, expect, test } from 'vitest';
import type { Derivation } from '../../bench/model/derivation.ts';
import { explanationSchema } from '../../bench/model/explanation.ts';
import { figureKinds, figureListSchema } from '../../bench/model/figure.ts';
import type { Summary } from '../../bench/model/summary.ts';
import { waterfallPaths } from '../../bench/model/waterfall.ts';
import { buildReportModel } from '../analysis/build-report-model.ts';
import { asValues, median } from '../statistics/location.ts';
import { bridgePath, mappedPath, syntheticRun } from '../synthetic-run.fixture.ts';
import { answer, explainedFigures, listFigures } from './explain.ts';
import { renderExplanation } from './explanation-text.ts';
import { renderFigureList, renderFoundFigures } from './figure-list-text.ts';

const synthetic = syntheticRun({
  seed: 22,
  rounds: 6,
  blocks: 5,
  servers: ['nginx'],
  comparisons: [
    { baseline: 'host/external', contenders: [bridgePath, mappedPath] },
    { baseline: 'host/host', contenders: waterfallPaths.filter((path) => path !== 'host/host') },
  ],
  invalidShare: 0.05,
  failedSlices: 3,
  clientBoundShare: 0.1,
  contradicted: true,
  sliceSeconds: 0.2,
});
const recorded = {
  ...synthetic,
  run: {
    ...synthetic.run,
    plan: {
      ...synthetic.run.plan,
      stopping: { seconds: 600, precision: { halfWidth: 0.02, looks: [6], coverage: 0.95 } },
    },
    stop: { by: 'precision' as const, rounds: 6, look: 1, halfWidth: 0.017 },
  },
};
const { summary } = buildReportModel(recorded);
const explained = explainedFigures(recorded).map((it) => ({ listed: it, explanation: it.explain() }));

type Numbers = Readonly<Record<string, number | undefined>>;

/** Every number that the report shows, under the name of its figure: from summary.json alone. */
function numbersOf({ overheads, twin, cases, leftOut, rules, steadyState, ...rest }: Summary) {
  const at = (it: { server: string; profile: string; path: string; role?: string }) =>
    `${it.server}:${it.profile}:${it.path}${it.role === 'twin' ? '@twin' : ''}`;
  const numbers = new Map<string, Numbers>();
  for (const it of overheads) {
    numbers.set(`${at(it)}:${it.metric}`, { ratio: it.ratio, low: it.low, high: it.high });
  }
  for (const it of twin) {
    numbers.set(`${at({ ...it, role: 'twin' })}:${it.metric}`, {
      ratio: it.ratio,
      low: it.low,
      high: it.high,
    });
  }
  for (const { difference, ratio, low, high, ...it } of rest.steps ?? []) {
    const { value, low: from, high: to } = difference;
    const dotted = { 'difference.value': value, 'difference.low': from, 'difference.high': to };
    numbers.set(`step:${at({ ...it, path: it.to })}:${it.metric}`, { ...dotted, ratio, low, high });
  }
  for (const it of cases) {
    for (const [name, value] of Object.entries(it.values)) {
      numbers.set(`case:${at(it)}:${name}`, { [name]: value });
    }
    numbers.set(`case:${at(it)}:requests`, { requests: it.requests });
    numbers.set(`case:${at(it)}:slices`, it.slices);
  }
  for (const it of leftOut) numbers.set(`left-out:${at(it.case)}:${it.rule}`, { slices: it.slices });
  for (const { rule, checked, broken, worst } of rules) {
    numbers.set(`rule:${rule}`, { checked, broken, ...(worst === undefined ? {} : { worst }) });
  }
  for (const { baseline, round, change, pValue, ...it } of steadyState.rounds) {
    numbers.set(`steady-state:${at({ ...it, path: baseline })}:round-${round}`, { change, pValue });
  }
  for (const { baseline, change, pValue, ...it } of steadyState.trends) {
    numbers.set(`steady-state:${at({ ...it, path: baseline })}:all-rounds`, { change, pValue });
  }
  for (const { baseline, between, within, ...it } of rest.spread?.groups ?? []) {
    numbers.set(`spread:${at({ ...it, path: baseline })}`, { between, within });
  }
  const { betweenShare, bestBlocks } = rest.spread ?? {};
  numbers.set('spread:run:advice', { betweenShare, ...(bestBlocks === undefined ? {} : { bestBlocks }) });
  for (const [verdict, count] of Object.entries(rest.evidence)) {
    numbers.set(`evidence:${verdict}`, { [verdict]: count });
  }
  const sum = (of: 'completed' | 'invalid' | 'failed' | 'clientBound') =>
    cases.reduce((total, { slices }) => total + slices[of], 0);
  const rounds = [...overheads, ...twin].map((it) => it.rounds);
  numbers.set('run:measured-share', { measuredShare: rest.measuredShare });
  numbers.set('run:rounds', { fewest: Math.min(...rounds), most: Math.max(...rounds) });
  numbers.set('run:precision', { halfWidth: recorded.run.stop.halfWidth });
  numbers.set('run:slices', {
    completed: sum('completed'),
    invalid: sum('invalid'),
    failed: sum('failed'),
    clientBound: sum('clientBound'),
  });
  numbers.set('run:left-out', { leftOut: sum('invalid') + sum('failed') });
  return numbers;
}

function derivationsOf(kind: Derivation['kind']): readonly Derivation[] {
  return explained.flatMap(({ explanation }) =>
    explanation.kind === kind && 'steps' in explanation ? [explanation] : [],
  );
}

const stepOf = ({ steps }: Derivation, title: string) => steps.find((it) => it.title === title)?.rows ?? [];

describe('every figure of the report', () => {
  const numbers = numbersOf(summary);

  test('is in the list once, with the numbers of summary.json', () => {
    const { figures } = figureListSchema.parse(listFigures(recorded));
    expect(figures.map(({ figure }) => figure).sort()).toEqual([...numbers.keys()].sort());
    for (const { figure, reported } of figures)
      expect([figure, reported]).toEqual([figure, numbers.get(figure)]);
    const kinds = new Set(figures.map(({ kind }) => kind));
    expect(kinds).toEqual(new Set(figureKinds));
  });

  test('is explained with the same numbers, as the schema says, and in words', () => {
    for (const { listed, explanation } of explained) {
      expect(explanationSchema.parse(explanation)).toEqual(explanation);
      const { figure, kind, shown, reported } = explanation;
      expect({ figure, kind, shown, reported }).toEqual({
        figure: listed.figure,
        kind: listed.kind,
        shown: listed.shown,
        reported: numbers.get(figure),
      });
      const text = renderExplanation(explanation);
      expect(text.startsWith(`${figure}\n${explanation.question}\n`)).toBe(true);
      expect(text).not.toMatch(/NaN|undefined|Infinity/);
    }
  });
});

describe("what a case's value is made of", () => {
  const values = derivationsOf('case').filter(({ figure }) =>
    /:(latency-p50|throughput|cpu-per-request)$/.test(figure),
  );

  test('leads from the slices to the rounds and from the rounds to the value, by hand', () => {
    expect(values.length).toBeGreaterThan(10);
    for (const value of values) {
      const rounds = stepOf(value, 'Rounds').map(({ quantities, slices }) => {
        const own = asValues((slices ?? []).flatMap(({ quantity }) => quantity?.value ?? []));
        expect(quantities[0]?.value).toBe(own && median(own));
        return quantities[0]?.value ?? Number.NaN;
      });
      const all = asValues(rounds);
      expect(Object.values(value.reported)).toEqual([all && median(all)]);
    }
  });

  test('names the slices that were left out of it, with their reasons', () => {
    const name = `case:nginx:throughput:${mappedPath}:throughput`;
    const left = values.find(({ figure }) => figure === name);
    const slices = (left && stepOf(left, 'Slices left out')[0]?.slices) ?? [];
    const own = summary.cases.find((it) => it.path === mappedPath && it.profile === 'throughput');
    expect(slices).toHaveLength((own?.slices.invalid ?? 0) + (own?.slices.failed ?? 0));
    expect(slices.filter(({ why }) => why?.startsWith('invalid: path-evidence: '))).not.toHaveLength(0);
  });
});

test('a rule names each slice that broke it, and the one that came nearest', () => {
  const slices = recorded.slices.filter((it) => it.status !== 'failed');
  for (const rule of derivationsOf('rule')) {
    const { broken, worst } = rule.reported;
    const named = stepOf(rule, 'Slices that broke it').flatMap((it) => it.slices ?? []);
    expect(named).toHaveLength(broken ?? -1);
    expect(named.every(({ why }) => why !== undefined && why !== '')).toBe(true);
    const [nearest] = stepOf(rule, 'The worst');
    expect(nearest?.quantities[0]?.value).toBe(worst);
    expect(nearest?.slices?.length).toBe(worst === undefined ? undefined : 1);
  }
  const faults = derivationsOf('rule').find(({ figure }) => figure === 'rule:faults');
  const [place] = (faults && stepOf(faults, 'The worst')[0]?.slices) ?? [];
  const worst = slices.find(
    (it) =>
      place?.of === `${it.server} ${it.path}${it.role === 'twin' ? ' (twin)' : ''} ${it.profile}` &&
      it.round === place.round &&
      it.block === place.block,
  );
  expect(worst?.faults.errors).toBe(3);
});

test('rows of what was left out, and the evidence, name their slices', () => {
  for (const left of derivationsOf('left-out')) {
    const slices = stepOf(left, 'Slices').flatMap((it) => it.slices ?? []);
    expect(slices).toHaveLength(left.reported['slices'] ?? -1);
  }
  const evidence = derivationsOf('evidence').find(({ figure }) => figure === 'evidence:contradicted');
  const rows = (evidence && stepOf(evidence, 'Deployments')) ?? [];
  expect(rows.map(({ of }) => of)).toEqual([`nginx ${mappedPath}, round 1`]);
  expect(rows[0]?.note).toContain('expected 33 packets, observed 0 packets');
  expect(rows[0]?.slices?.length).toBe(rows[0]?.quantities[0]?.value);
});

test('a change within a round comes from the slices of its halves, by hand', () => {
  const rounds = derivationsOf('steady-state').filter(({ figure }) => figure.endsWith(':round-2'));
  expect(rounds.length).toBeGreaterThan(0);
  for (const round of rounds) {
    const rows = stepOf(round, 'Cases');
    const valuesOf = (index: number) =>
      (rows[index]?.slices ?? []).map(({ quantity }) => quantity?.value ?? Number.NaN);
    const shifts = rows.flatMap(({ of }, index) => {
      if (of.startsWith(' ')) return [];
      const pairs = valuesOf(index + 2).flatMap((to) =>
        valuesOf(index + 1).map((from) => Math.log(to / from)),
      );
      const all = asValues(pairs);
      return all === undefined ? [] : [median(all)];
    });
    const all = asValues(shifts);
    expect(Math.log(round.reported['change'] ?? 0)).toBeCloseTo((all && median(all)) ?? Number.NaN, 12);
  }
});

describe('finding a figure', () => {
  const text = renderFigureList(listFigures(recorded));

  test('overheads come first, and a case takes one line of the list, whatever it has', () => {
    const lines = text.split('\n');
    expect(lines[0]).toMatch(/^Overheads/);
    expect(lines[1]).toMatch(/^ {2}nginx:latency:bridge\/external\/published:latency-p50 /);
    expect(lines.filter((line) => line.startsWith('  case:'))).toHaveLength(summary.cases.length);
    expect(text).toContain('in place of the last part, as far as it was measured: latency-p50, ');
    expect(text).toContain('round-1 … round-6');
  });

  test('a part of a name lists all that have it, each on a line', () => {
    const asked = answer(recorded, 'bridge/host/loopback');
    if (asked.kind !== 'list') throw new Error(asked.kind);
    const lines = renderFoundFigures(asked.list).trimEnd().split('\n');
    expect(lines).toHaveLength(asked.list.figures.length);
    expect(lines.every((line) => line.includes('bridge/host/loopback'))).toBe(true);
    expect(new Set(asked.list.figures.map(({ kind }) => kind))).toEqual(
      new Set(['overhead', 'step', 'case', 'left-out']),
    );
  });

  test('a name that is none is answered with the nearest, of whatever kind', () => {
    expect(() => answer(recorded, 'rule:little-law')).toThrow(
      expect.objectContaining({
        kind: 'usage',
        hint: expect.stringContaining('Did you mean "rule:littles-law"?'),
      }),
    );
  });
});

test('of thousands of rounds and slices a text shows the first and the last, and says how many are left', () => {
  const [value] = derivationsOf('case');
  const [first] = value?.steps ?? [];
  const [round] = first?.rows ?? [];
  if (value === undefined || first === undefined || round === undefined) throw new Error('no rounds');
  const slices = Array.from({ length: 40 }, (_, index) => ({
    round: 1,
    block: index + 1,
    why: 'failed: no answer',
  }));
  const rows = Array.from({ length: 2_000 }, (_, index) => ({ ...round, of: `round ${index + 1}` }));
  const long = {
    ...value,
    steps: [
      { ...first, rows },
      { ...first, rows: [{ ...round, slices }] },
    ],
  };
  const text = renderExplanation(long);
  expect(text).toContain('… 1,976 more rows: all are in --json …');
  expect(text).toMatch(/^ {3}round 2000: /m);
  expect(text).toContain('… 16 more slices: all are in --json …');
  expect(text.split('\n').length).toBeLessThan(100);
});
