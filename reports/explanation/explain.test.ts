import { describe, expect, test } from 'vitest';
import { type Explanation, type ExplanationRow, explanationSchema } from '../../bench/model/explanation.ts';
import { type FigureKind, figureKinds, figureListSchema } from '../../bench/model/figure.ts';
import { isMeasured, type Overhead, type Summary } from '../../bench/model/summary.ts';
import { waterfallPaths } from '../../bench/model/waterfall.ts';
import { buildReportModel } from '../analysis/build-report-model.ts';
import { asValues, median } from '../statistics/location.ts';
import { bridgePath, mappedPath, syntheticRun } from '../synthetic-run.fixture.ts';
import { answer, explainedFigures, listFigures } from './explain.ts';
import { renderExplanation } from './explanation-text.ts';
import { renderFigureList, renderFoundFigures } from './figure-list-text.ts';

const synthetic = syntheticRun({
  seed: 22,
  rounds: 7,
  blocks: 4,
  servers: ['nginx'],
  comparisons: [
    { baseline: 'host/external', contenders: [bridgePath, mappedPath] },
    { baseline: 'host/host', contenders: waterfallPaths.filter((path) => path !== 'host/host') },
  ],
  faulty: [{ path: bridgePath, profile: 'throughput', round: 3, block: 2 }],
  disturbed: [{ profile: 'latency', round: 4, block: 1, foreign: 0.3 }],
  failedSlices: 2,
  contradicted: true,
  sliceSeconds: 0.2,
  deploymentNoise: 0.03,
});
const recorded = {
  ...synthetic,
  run: {
    ...synthetic.run,
    plan: {
      ...synthetic.run.plan,
      stopping: { seconds: 600, precision: { halfWidth: 0.02, looks: [7], coverage: 0.95 } },
    },
    stop: { by: 'precision' as const, rounds: 7, look: 1, halfWidth: 0.017 },
  },
};
const { summary } = buildReportModel(recorded);
const explained = explainedFigures(recorded).map((it) => ({ listed: it, explanation: it.explain() }));

type Numbers = Readonly<Record<string, number>>;

/** Every number that the report shows, under the name of its figure: from summary.json alone. */
function numbersOf(found: Summary): ReadonlyMap<string, Numbers> {
  const at = (it: { server: string; profile: string; path: string; role?: string }) =>
    `${it.server}:${it.profile}:${it.path}${it.role === 'twin' ? '@twin' : ''}`;
  const given = (of: Readonly<Record<string, number | undefined>>): Numbers =>
    Object.fromEntries(
      Object.entries(of).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
  const ratios = (it: { ratio: number; ratioLow: number; ratioHigh: number }) => ({
    ratio: it.ratio,
    ratio_low: it.ratioLow,
    ratio_high: it.ratioHigh,
  });
  const numbers = new Map<string, Numbers>();
  const compared = (it: Overhead) => (isMeasured(it) ? ratios(it) : {});
  for (const it of found.overheads) numbers.set(`${at(it)}:${it.metric}`, compared(it));
  for (const it of found.twin) numbers.set(`${at({ ...it, role: 'twin' })}:${it.metric}`, compared(it));
  for (const it of found.steps ?? []) {
    numbers.set(`step:${at({ ...it, path: it.to })}:${it.metric}`, {
      difference: it.difference,
      difference_low: it.differenceLow,
      difference_high: it.differenceHigh,
      ...ratios(it),
    });
  }
  for (const it of found.cases) {
    const name = `case:${at(it)}`;
    for (const [metric, value] of Object.entries(it.values))
      numbers.set(`${name}:${metric}`, { [metric]: value });
    if (it.cpu !== undefined) {
      const { serverUs, proxyUs, agentUs, softirqUs } = it.cpu;
      const split = { server_us: serverUs, proxy_us: proxyUs, agent_us: agentUs, softirq_us: softirqUs };
      numbers.set(`${name}:cpu`, given(split));
    }
    if (it.limit !== undefined) {
      numbers.set(`${name}:busy`, given({ server_busy: it.serverBusy, agent_busy: it.agentBusy }));
    }
    numbers.set(`${name}:requests`, {
      requests: it.requests,
      rounds: it.rounds,
      missed_rounds: it.missedRounds,
    });
    numbers.set(`${name}:slices`, it.slices);
  }
  for (const it of found.blocks) {
    const { measured, disturbed } = it;
    numbers.set(`blocks:${at({ ...it, path: it.baseline })}`, { measured, disturbed });
  }
  for (const it of found.sliceStarts) {
    numbers.set(`slice-start:${at(it)}`, { ...ratios(it), p_value: it.pValue });
  }
  for (const it of found.leftOut) numbers.set(`left-out:${at(it.case)}:${it.rule}`, { slices: it.slices });
  for (const { rule, checked, broken, worst } of found.rules) {
    numbers.set(`rule:${rule}`, given({ checked, broken, worst }));
  }
  for (const [verdict, count] of Object.entries(found.evidence)) {
    numbers.set(`evidence:${verdict}`, { [verdict]: count });
  }
  const sum = (of: 'completed' | 'invalid' | 'failed') =>
    found.cases.reduce((total, { slices }) => total + slices[of], 0);
  const rounds = [...found.overheads, ...found.twin].filter(isMeasured).map((it) => it.rounds);
  numbers.set('run:measured-share', given({ measured_share: found.measuredShare }));
  numbers.set('run:rounds', { fewest: Math.min(...rounds), most: Math.max(...rounds) });
  numbers.set('run:precision', { half_width: recorded.run.stop.halfWidth });
  numbers.set('run:foreign', given({ share: found.foreign?.share }));
  for (const [server, rate] of Object.entries(found.rates ?? {})) numbers.set(`run:rate-${server}`, { rate });
  const slices = { completed: sum('completed'), invalid: sum('invalid'), failed: sum('failed') };
  numbers.set('run:slices', slices);
  numbers.set('run:left-out', { left_out: slices.invalid + slices.failed });
  const [, rest = ''] = found.advice?.split('About ') ?? [];
  const widest = found.overheads
    .filter(isMeasured)
    .find((it) => found.advice?.includes(`on ${it.path}:`) && it.profile === 'latency' && it.declared);
  numbers.set(
    'run:advice',
    given({
      half_width: widest && (widest.ratioHigh - widest.ratioLow) / 2,
      rounds: Number.parseInt(rest, 10),
    }),
  );
  return numbers;
}

function explanationsOf(kind: FigureKind): readonly Explanation[] {
  return explained.flatMap(({ explanation }) => (explanation.kind === kind ? [explanation] : []));
}

function explanationOf(figure: string): Explanation {
  const found = explained.find(({ listed }) => listed.figure === figure);
  if (found === undefined) throw new Error(`no figure ${figure}`);
  return found.explanation;
}

const rowsOf = ({ steps }: Explanation, title: string) =>
  steps.find((it) => it.title.startsWith(title))?.rows ?? [];

/** A number of a row by its name; the one without a name is the row's own. */
function numberOf({ quantities }: Pick<ExplanationRow, 'quantities'>, name?: string): number {
  return quantities.find((it) => it.name === name)?.value ?? Number.NaN;
}

describe('every figure of the report', () => {
  const numbers = numbersOf(summary);

  test('is in the list once, with the numbers of summary.json', () => {
    const { figures } = figureListSchema.parse(listFigures(recorded));
    expect(figures.map(({ figure }) => figure).sort()).toEqual([...numbers.keys()].sort());
    for (const { figure, reported } of figures)
      expect([figure, reported]).toEqual([figure, numbers.get(figure)]);
    expect(new Set(figures.map(({ kind }) => kind))).toEqual(new Set(figureKinds));
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

/** Each side's row below its round: the value, what it was computed from, and the same of the slices. */
function sidesOf(explanation: Explanation) {
  const rows = rowsOf(explanation, 'Rounds');
  return rows.flatMap((row, index) => {
    const [baseline, contender] = [rows[index + 1], rows[index + 2]];
    if (row.of.startsWith(' ') || baseline === undefined || contender === undefined) return [];
    return [{ row, baseline, contender }];
  });
}

describe('a comparison can be computed again from what its explanation prints', () => {
  const comparisons = [...explanationsOf('overhead'), ...explanationsOf('twin'), ...explanationsOf('step')];

  test('the totals of a round are the sums over its slices', () => {
    expect(comparisons.length).toBeGreaterThan(20);
    for (const side of comparisons.flatMap(sidesOf).flatMap((it) => [it.baseline, it.contender])) {
      const { quantities, slices = [] } = side;
      for (const { name, value } of quantities.filter((it) => it.name !== undefined)) {
        const sum = slices.reduce(
          (total, slice) => total + numberOf({ quantities: slice.quantities ?? [] }, name),
          0,
        );
        expect(sum / value).toBeCloseTo(1, 12);
      }
    }
  });

  test('a rate and CPU a request come from those totals', () => {
    const capacity = explanationOf(`nginx:throughput:${bridgePath}:throughput_rps`);
    for (const { contender } of sidesOf(capacity)) {
      const value = numberOf(contender, 'served requests') / numberOf(contender, 'windows');
      expect(numberOf(contender)).toBeCloseTo(value, 6);
    }
    const proxied = explanationOf('nginx:steady:bridge/host/loopback:cpu_server_us');
    for (const { contender } of sidesOf(proxied)) {
      const seconds = numberOf(contender, 'server') + numberOf(contender, 'docker-proxy');
      expect(numberOf(contender)).toBeCloseTo((seconds / numberOf(contender, 'responses')) * 1e6, 9);
    }
  });

  test('ratio, interval, values and difference come from the rounds, by hand', () => {
    for (const explanation of comparisons) {
      const sides = sidesOf(explanation);
      const logRatios = sides.map((it) => Math.log(numberOf(it.contender) / numberOf(it.baseline)));
      for (const [index, { row }] of sides.entries()) {
        expect(numberOf(row, 'y')).toBeCloseTo(logRatios[index] ?? Number.NaN, 9);
      }
      const averages = walshAverages(logRatios);
      const [interval] = rowsOf(explanation, 'Ratio').filter(({ of }) => of === 'interval');
      const k = interval === undefined ? Number.NaN : numberOf(interval, 'k');
      const { reported } = explanation;
      expect(reported['ratio']).toBeCloseTo(Math.exp(middleOf(averages)), 9);
      expect(reported['ratio_low']).toBeCloseTo(Math.exp(averages[k - 1] ?? Number.NaN), 9);
      expect(reported['ratio_high']).toBeCloseTo(Math.exp(averages.at(-k) ?? Number.NaN), 9);

      const baselines = walshAverages(sides.map((it) => Math.log(numberOf(it.baseline))));
      const baselineValue = Math.exp(middleOf(baselines));
      const [value, contender, difference] = rowsOf(explanation, 'Values').map((it) => numberOf(it));
      expect((value ?? 0) / baselineValue).toBeCloseTo(1, 9);
      expect((contender ?? 0) / ((value ?? 0) * (reported['ratio'] ?? 0))).toBeCloseTo(1, 9);
      expect(difference).toBeCloseTo((contender ?? 0) - (value ?? 0), 6);
    }
  });

  test('a verdict says what decided it, with the numbers', () => {
    const latency = rowsOf(explanationOf(`nginx:latency:${bridgePath}:latency_p50_us`), 'Verdict');
    expect(latency.map(({ of }) => of)).toEqual([
      ...['untrusted', 'equivalent', 'slower or faster'],
      summary.overheads.find(({ path, metric }) => path === bridgePath && metric === 'latency_p50_us')
        ?.verdict,
    ]);
    const capacity = explanationOf(`nginx:throughput:${bridgePath}:throughput_rps`);
    const limits = rowsOf(capacity, 'Verdict').filter(({ of }) => of.startsWith('limit of '));
    expect(limits.map(({ note }) => note)).toEqual(['server', 'server']);
    const exploratory = explanationOf(`nginx:latency:${bridgePath}:cpu_server_us`).steps;
    expect(exploratory.find(({ title }) => title === 'Verdict')?.says[0]).toMatch(
      /^None: the metric was not/,
    );
  });

  test('names the rounds and blocks that are not in it, with the reason', () => {
    const left = (figure: string) =>
      rowsOf(explanationOf(figure), 'Left out').map(({ of, note }) => `${of}: ${note}`);
    expect(left(`nginx:throughput:${bridgePath}:throughput_rps`)).toContain(
      `${bridgePath}, round 3: faults: 3 connection errors: the limit is 0`,
    );
    expect(left(`nginx:latency:${bridgePath}:latency_p50_us`)).toContain(
      "round 4, block 1: foreign_cpu: other processes used 30 % of the machine's CPU time: the limit is 10 %",
    );
    expect(left(`nginx:steady:${mappedPath}:cpu_server_us`).join()).toContain(
      `${mappedPath}, round 1: path_evidence:`,
    );
  });
});

test('what a process calls itself is no instruction to a terminal', () => {
  const run = syntheticRun({
    ...{ seed: 1, rounds: 2, blocks: 1, servers: ['nginx'], profiles: ['latency'] },
    foreign: { share: 0.08, processes: ['a\u001b[2Jb'] },
  });
  const found = answer(run, 'run:foreign');
  if (found.kind !== 'explanation') throw new Error(found.kind);
  expect(renderExplanation(found.explanation)).toContain('   a\\u001b[2Jb: 4 %\n');
});

test('where nothing is left, it says so and why', () => {
  const empty = syntheticRun({
    ...{ seed: 1, rounds: 6, blocks: 1, servers: ['nginx'], profiles: ['latency'] },
    foreign: { share: 0.31, processes: ['chrome'] },
  });
  const found = answer(empty, `nginx:latency:${bridgePath}:latency_p50_us`);
  if (found.kind !== 'explanation') throw new Error(found.kind);
  expect(found.explanation).toMatchObject({ shown: 'untrusted', reported: {} });
  const text = renderExplanation(found.explanation);
  expect(text).toContain(
    'untrusted: other processes took 31 % of this machine (chrome, 16 %), more than 10 %',
  );
  expect(text).toContain('round 6, block 1: foreign_cpu: other processes used 31 %');
});

describe("what a case's value is made of", () => {
  test('leads from the totals of a round to the median over rounds, by hand', () => {
    const values = explanationsOf('case').filter(({ figure }) => /_(us|rps)$/.test(figure));
    expect(values.length).toBeGreaterThan(10);
    for (const value of values) {
      const rounds = asValues(rowsOf(value, 'Rounds').map((it) => numberOf(it)));
      expect(Object.values(value.reported)).toEqual([rounds && median(rounds)]);
    }
  });

  test('CPU a request is split by totals over all rounds', () => {
    const split = explanationOf('case:nginx:steady:bridge/host/loopback:cpu');
    const totals = rowsOf(split, 'Totals').map((it) => numberOf(it));
    const [responses = 0, ...seconds] = totals;
    expect(Object.values(split.reported)).toEqual(seconds.map((it) => (it / responses) * 1e6));
  });

  test('who was the limit comes from how busy both CPUs were', () => {
    const busy = explanationOf(`case:nginx:throughput:${bridgePath}:busy`);
    expect(busy.shown).toMatch(/^99 % and \d+ % busy: the limit is server$/);
  });
});

test('the disturbed blocks of a group are named', () => {
  const blocks = explanationOf('blocks:nginx:latency:host/external');
  expect(blocks.reported).toEqual({ measured: 28, disturbed: 1 });
  expect(rowsOf(blocks, 'Blocks that do not count').map(({ of }) => of)).toEqual(['round 4, block 1']);
});

test('a rule names each slice that broke it, and the one that came nearest', () => {
  for (const rule of explanationsOf('rule')) {
    const { broken, worst } = rule.reported;
    const named = rowsOf(rule, 'Slices that broke it').flatMap((it) => it.slices ?? []);
    expect(named).toHaveLength(broken ?? -1);
    expect(named.every(({ why }) => why !== undefined && why !== '')).toBe(true);
    const [nearest] = rowsOf(rule, 'The worst');
    expect(nearest?.quantities[0]?.value).toBe(worst);
    expect(nearest?.slices?.length).toBe(worst === undefined ? undefined : 1);
  }
  const [worst] = rowsOf(explanationOf('rule:faults'), 'The worst').flatMap((it) => it.slices ?? []);
  expect(worst).toEqual({ of: `nginx ${bridgePath} throughput`, round: 3, block: 2 });
});

test('rows of what was left out, and the evidence, name their slices', () => {
  for (const left of explanationsOf('left-out')) {
    const slices = rowsOf(left, 'Slices').flatMap((it) => it.slices ?? []);
    expect(slices).toHaveLength(left.reported['slices'] ?? -1);
  }
  const rows = rowsOf(explanationOf('evidence:contradicted'), 'Deployments');
  expect(rows.map(({ of }) => of)).toEqual([`nginx ${mappedPath}, round 1`]);
  expect(rows[0]?.note).toContain('expected 33 packets, observed 0 packets');
  expect(rows[0]?.slices?.length).toBe(rows[0]?.quantities[0]?.value);
});

test('how a slice begins comes from the rates of its turns, by hand', () => {
  for (const start of explanationsOf('slice-start')) {
    const logs = rowsOf(start, 'Rounds').map((it) => Math.log(numberOf(it)));
    expect(start.reported['ratio']).toBeCloseTo(Math.exp(middleOf(walshAverages(logs))), 9);
  }
});

describe('finding a figure', () => {
  const text = renderFigureList(listFigures(recorded));

  test('overheads come first, and a case takes one line of the list, whatever it has', () => {
    const lines = text.split('\n');
    expect(lines[0]).toMatch(/^Overheads/);
    expect(lines[1]).toMatch(/^ {2}nginx:latency:bridge\/external\/published:latency_p50_us /);
    expect(lines.filter((line) => line.startsWith('  case:'))).toHaveLength(summary.cases.length);
    expect(text).toContain('also available, in place of the last part of the name: latency_p50_us, ');
  });

  test('a part of a name lists all that have it, each on a line', () => {
    const asked = answer(recorded, 'bridge/host/loopback');
    if (asked.kind !== 'list') throw new Error(asked.kind);
    const lines = renderFoundFigures(asked.list).trimEnd().split('\n');
    expect(lines).toHaveLength(asked.list.figures.length);
    expect(lines.every((line) => line.includes('bridge/host/loopback'))).toBe(true);
    const kinds = new Set(asked.list.figures.map(({ kind }) => kind));
    expect([...kinds]).toEqual(expect.arrayContaining(['overhead', 'step', 'case', 'slice-start']));
  });

  test('a name that is none is answered with the nearest, of whatever kind', () => {
    expect(() => answer(recorded, 'rule:little_law')).toThrow(
      expect.objectContaining({
        kind: 'usage',
        hint: expect.stringContaining('Did you mean "rule:littles_law"?'),
      }),
    );
  });

  test('a metric that a comparison does not have is answered with why', () => {
    const short = syntheticRun({
      ...{ seed: 1, rounds: 2, blocks: 1, servers: ['nginx'], profiles: ['latency'], sliceSeconds: 0.05 },
    });
    expect(() => answer(short, `nginx:latency:${bridgePath}:latency_p90_us`)).toThrow(
      expect.objectContaining({
        hint: expect.stringMatching(/^p90 latency: \d+ of 1,000 responses in round 1\. /),
      }),
    );
  });

  test('a path that is compared with two baselines is named with the one that is meant', () => {
    const [comparison] = recorded.run.plan.comparisons;
    if (comparison === undefined) throw new Error('no comparison');
    const comparisons = [comparison, { ...comparison, contenders: [bridgePath] }];
    const plan = { ...recorded.run.plan, comparisons };
    const { figures } = listFigures({ ...recorded, run: { ...recorded.run, plan } });
    expect(figures.map(({ figure }) => figure)).toContain(
      `nginx:throughput:${bridgePath}@${comparison.baseline}:throughput_rps`,
    );
  });
});

test('of thousands of rounds and slices a text shows the first and the last, and says how many are left', () => {
  const [value] = explanationsOf('case');
  const [first] = value?.steps ?? [];
  const [round] = first?.rows ?? [];
  if (value === undefined || first === undefined || round === undefined) throw new Error('no rounds');
  const slices = Array.from({ length: 40 }, (_, index) => ({
    ...{ round: 1, block: index + 1 },
    why: 'failed: no answer',
  }));
  const rows = Array.from({ length: 2_000 }, (_, index) => ({ ...round, of: `round ${index + 1}` }));
  const steps = [
    { ...first, rows },
    { ...first, rows: [{ ...round, slices }] },
  ];
  const text = renderExplanation({ ...value, steps });
  expect(text).toContain('… 1,976 more rows: all are in --json …');
  expect(text).toMatch(/^ {3}round 2000: /m);
  expect(text).toContain('… 16 more slices: all are in --json …');
  expect(text.split('\n').length).toBeLessThan(100);
});

/** All averages of two of them, each with itself included, in ascending order. */
function walshAverages(values: readonly number[]): readonly number[] {
  const averages = values.flatMap((value, index) => values.slice(index).map((other) => (value + other) / 2));
  return averages.toSorted((a, b) => a - b);
}

function middleOf(ascending: readonly number[]): number {
  const half = (ascending.length - 1) / 2;
  return ((ascending[Math.floor(half)] ?? Number.NaN) + (ascending[Math.ceil(half)] ?? Number.NaN)) / 2;
}

test.each([0.02, 0.3])(
  'every figure of the paced profile is explained, with a lag of %f as well',
  (lagShare) => {
    const paced = syntheticRun({
      ...{ seed: 1, rounds: 8, blocks: 1, servers: ['nginx'], profiles: ['paced'] },
      lagShare,
    });
    const figures = explainedFigures(paced);
    expect(figures.map(({ figure }) => figure)).toContain('run:paced-rate-nginx');
    for (const listed of figures) {
      const explanation = listed.explain();
      expect(explanation.reported, listed.figure).toEqual(listed.reported);
      expect(renderExplanation(explanation)).not.toMatch(/NaN|undefined|Infinity/);
    }
    const [p99] = figures.filter(({ figure }) => figure === `nginx:paced:${bridgePath}:latency_p99_us`);
    const text = renderExplanation(p99?.explain() ?? failAt('p99'));
    expect(text.includes("not measured: the load generator's own lag is")).toBe(lagShare > 0.1);
  },
);

function failAt(name: string): never {
  throw new Error(`there is no figure ${name}`);
}
