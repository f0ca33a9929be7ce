import { describe, expect, test } from 'vitest';
import { waterfallPaths } from '../../bench/model/waterfall.ts';
import { buildReportModel } from '../analysis/build-report-model.ts';
import type { ReportModel } from '../report-model.ts';
import { type SyntheticOptions, syntheticRun } from '../synthetic-run.fixture.ts';
import { servicePlan } from '../words/service-plan.fixture.ts';
import { answerCell, answerCells } from './cells.ts';
import { firstScreenOf } from './first-screen.ts';
import { costliest, matricesOf } from './matrix.ts';

const modelOf = (options: Partial<SyntheticOptions> = {}) =>
  buildReportModel(syntheticRun({ seed: 1, rounds: 10, blocks: 1, servers: ['nginx'], ...options }));
const screenOf = (options: Partial<SyntheticOptions> = {}) => firstScreenOf(modelOf(options));

const bridgePath = 'bridge/external/published';
const none = {};
const noEffects = { [bridgePath]: none, 'mapped/external/published': none };
const noisy = { deploymentNoise: 0.05 };
const quiet = { deploymentNoise: 0.0005, sliceNoise: 0.0005 };
const waterfallPlan = {
  profiles: ['latency', 'steady'] as const,
  comparisons: [{ baseline: 'host/host', contenders: waterfallPaths.filter((path) => path !== 'host/host') }],
};

describe('the finding', () => {
  test('has what the first compared mode costs, in its three answers, and what it is compared with', () => {
    expect(screenOf().finding).toMatch(
      /^Bridge or mapped mode adds [\d.]+ µs to a request to nginx, costs it [\d.]+ µs more CPU a request and takes [\d.]+ % of its capacity, compared with --network host$/,
    );
  });

  test('of one question has one clause', () => {
    expect(screenOf({ profiles: ['throughput'] }).finding).toMatch(
      /^Bridge or mapped mode takes [\d.]+ % of nginx's capacity, compared with/,
    );
  });

  test('of a gain is one', () => {
    const effects = { [bridgePath]: { latency: 0.8 } };
    expect(screenOf({ profiles: ['latency'], effects }).finding).toMatch(
      /takes [\d.]+ µs off a request to nginx/,
    );
  });

  test('of modes that differ by less than the margin says so', () => {
    expect(screenOf({ profiles: ['latency'], effects: noEffects, ...quiet }).finding).toBe(
      'Bridge mode differs by less than 2 % for nginx, compared with --network host',
    );
  });

  test('of a run that shows nothing claims nothing', () => {
    expect(screenOf({ effects: noEffects, ...noisy }).finding).toBe(
      'No cost of bridge mode is shown for nginx, compared with --network host',
    );
  });

  test('of a capacity alone that the load generator limited is that it was not measured', () => {
    expect(screenOf({ profiles: ['throughput'], agentIsLimit: true }).finding).toBe(
      'What bridge mode costs nginx was not measured: the load generator was the limit',
    );
  });

  test('of a run that cannot be trusted is not to use it', () => {
    expect(screenOf({ foreign: { share: 0.4 } }).finding).toBe('Do not use the results of this run');
  });

  test('of a run without modes to compare is the noise', () => {
    const alone = {
      comparisons: [{ baseline: 'host/external', contenders: [] }],
      profiles: ['latency'] as const,
    };
    expect(screenOf(alone).finding).toMatch(
      /^Host mode does not differ from a second copy of itself: the noise of this machine is ±[\d.]+ % or less$/,
    );
    expect(screenOf({ ...alone, twinEffect: { latency: 1.2 } }).finding).toMatch(/^Host mode differs from/);
    expect(screenOf({ ...alone, twin: false }).finding).toBe('Nothing was compared in this run');
  });

  test('of a waterfall is the layer that adds most', () => {
    const effects = { 'bridge/host/loopback': { latency: 2, serverCpu: 2 } };
    const screen = screenOf({ ...waterfallPlan, effects });
    expect(screen.kind).toBe('waterfall');
    expect(screen.finding).toMatch(
      /^docker-proxy adds [\d.]+ µs to a request to nginx, more than any other layer of the network$/,
    );
  });

  test('of a waterfall in which no layer adds anything says so', () => {
    const effects = Object.fromEntries(waterfallPaths.map((path) => [path, none]));
    expect(screenOf({ ...waterfallPlan, effects, seed: 3 }).finding).toBe(
      'No layer is shown to add anything to a request to nginx',
    );
  });

  test('of many paths is how many cost something, and the costliest', () => {
    const screen = screenOf(manyPaths);
    expect(screen.kind).toBe('paths');
    expect(screen.finding).toMatch(
      /^3 of 4 paths to nginx cost a request something, most of all bridge mode by loopback address for a client on the host \(\+\d+ %, \+[\d.]+ µs\), compared with/,
    );
  });
});

test('the finding of many paths of which none is shown to cost anything says so, and how many are not to be used', () => {
  const effects = {
    [bridgePath]: none,
    'bridge/host/container': none,
    'bridge/host/loopback': none,
    'native/host': none,
  };
  expect(screenOf({ ...manyPaths, effects }).finding).toBe(
    'None of 4 paths to nginx is shown to cost a request anything, compared with --network host',
  );
  const faulty = [{ path: bridgePath, block: 1 }];
  expect(screenOf({ ...manyPaths, effects, faulty }).finding).toBe(
    'None of 4 paths to nginx is shown to cost a request anything, and 1 is not to be used, compared with --network host',
  );
  expect(screenOf({ ...manyPaths, rounds: 6 }).finding).toBe(
    'Too few rounds count to show what 4 of 4 paths to nginx cost',
  );
  expect(screenOf({ ...manyPaths, foreign: { share: 0.4 } }).finding).toBe(
    'Do not use the results of this run',
  );
});

const manyPaths = {
  profiles: ['latency'] as const,
  comparisons: [
    { baseline: 'host/external', contenders: [bridgePath] },
    { baseline: 'host/host', contenders: ['native/host', 'bridge/host/container', 'bridge/host/loopback'] },
  ],
  effects: { 'native/host': none, 'bridge/host/loopback': { latency: 1.8 } },
} satisfies Partial<SyntheticOptions>;

test('what was measured is one line: servers, client, page, machine, engine, day, rounds', () => {
  expect(screenOf().measured).toBe(
    'nginx · client on this machine, virtual link (no network card) · 1 KiB page, keep-alive · 1 of 2 CPUs for the server (Synthetic CPU) · ' +
      'Docker 20.10.24 · 20 Nov 2026 · 10 rounds. Brackets: 95 % confidence interval.',
  );
});

test('a run in a lab says so: its host mode is not the one of the machine', () => {
  const model = modelOf({ profiles: ['latency'] });
  const { environment } = model.run;
  const engine = { ...environment.engine, endpoint: 'lab', version: '20.10.24+dfsg1' } as const;
  const lab = { ...model, run: { ...model.run, environment: { ...environment, engine } } };
  expect(firstScreenOf(lab).measured).toContain(" · Docker 20.10.24 (bench's lab) · ");
});

test('the meaning is in the scale of a service; without a shown cost there is none', () => {
  expect(screenOf().meaning).toMatch(
    /^In bridge mode a request of 1 ms takes 1\.\d{3} ms; one of 20 ms, 20\.\d\d ms\. 1,000 requests\/s to (nginx|Apache) take [\d.]+ % more of one CPU\.$/,
  );
  expect(screenOf({ effects: noEffects }).meaning).toBeUndefined();
});

describe('the cells', () => {
  const cellsOf = ({ summary, run }: ReportModel) =>
    summary.overheads
      .filter(({ declared }) => declared)
      .map((it) => answerCell(it, summary.cases, run.plan.confidence));

  test('have the change in its unit, the change in per cent, and the intervals of both', () => {
    const [cell] = cellsOf(modelOf());
    expect(cell).toMatchObject({
      state: 'worse',
      change: expect.stringMatching(/^\+[\d.]+ µs$/),
      percent: expect.stringMatching(/^\+[\d.]+ %$/),
      interval: expect.stringMatching(/^\[\+[\d.]+, \+[\d.]+\]$/),
      changeParts: { interval: expect.stringMatching(/^\[\+[\d.]+, \+[\d.]+\]$/) },
    });
    expect(cell?.note).toBeUndefined();
  });

  test('of one column have one unit and one precision', () => {
    const { summary, run } = modelOf({
      seed: 7,
      effects: { [bridgePath]: { latency: 1.19 }, 'mapped/external/published': none },
    });
    const column = summary.overheads.filter(({ declared, profile }) => declared && profile === 'latency');
    const cells = answerCells(column, summary.cases, run.plan.confidence);
    const decimals = cells.map(({ interval = '' }) => interval.match(/\.(\d+),/)?.[1]?.length ?? 0);
    expect(new Set(decimals).size).toBe(1);
    expect(new Set(cells.map(({ change }) => change.split(' ')[1]))).toEqual(new Set(['µs']));
  });

  test('say what numbers alone do not: too small, not shown, not measured, too few rounds, not to be used', () => {
    const first = (options: Partial<SyntheticOptions>) => cellsOf(modelOf(options))[0];
    const latency = { profiles: ['latency'] as const };
    expect(first({ ...latency, effects: noEffects, ...quiet })).toMatchObject({
      state: 'equal',
      note: 'under 2 %',
    });
    expect(first({ ...latency, effects: noEffects, ...noisy })).toMatchObject({
      state: 'open',
      note: 'not shown',
    });
    expect(first({ profiles: ['throughput'], agentIsLimit: true })).toMatchObject({
      state: 'unmeasured',
      change: 'not measured',
      note: expect.stringMatching(/^the load generator was the limit \(99 %, nginx's \d+ %\)$/),
    });
    expect(first({ ...latency, rounds: 3 })?.note).toBe('too few rounds for a 95 % interval');
    expect(first({ ...latency, foreign: { share: 0.4 } })).toMatchObject({
      state: 'untrusted',
      change: 'do not use',
    });
    expect(
      first({ ...latency, effects: { [bridgePath]: { latency: 1.02 } }, ...quiet, sliceNoise: 0.004 })?.note,
    ).toBe('real, may be under 2 %');
  });
});

describe('the matrix', () => {
  test('has a row a mode and a column a way, columns of one client side by side', () => {
    const [matrix] = matricesOf(modelOf(manyPaths));
    expect(matrix?.rows.map(({ mode }) => mode)).toEqual(['bridge', 'native']);
    expect(matrix?.columns).toEqual([
      { client: 'client over a virtual link' },
      { client: 'client on the host', address: 'by loopback' },
      { client: 'client on the host', address: "by the container's address" },
    ]);
    const paths = matrix?.rows.map(({ cells }) => cells.map((it) => it?.path));
    expect(paths).toEqual([
      [bridgePath, 'bridge/host/loopback', 'bridge/host/container'],
      [undefined, 'native/host', undefined],
    ]);
  });

  test('knows its costliest cell', () => {
    const [matrix] = matricesOf(modelOf(manyPaths));
    expect(matrix && costliest(matrix)?.path).toBe('bridge/host/loopback');
  });
});

describe('the four marks of trust', () => {
  const marksOf = (options: Partial<SyntheticOptions> = {}) => screenOf(options).trust;
  const mark = (section: string, options: Partial<SyntheticOptions>) =>
    marksOf(options).find((it) => it.section === section);

  test('pass in a run in which nothing went wrong, each with its section', () => {
    expect(marksOf().map(({ passed, section }) => [section, passed])).toEqual([
      ['noise', true],
      ['evidence', true],
      ['discarded', true],
      ['limits', true],
    ]);
  });

  test.each([
    ['noise', { twinEffect: { latency: 1.2 } }, 'Noise check failed'],
    ['noise', { twin: false }, 'No noise check.'],
    ['noise', { rounds: 3 }, 'Noise check too short.'],
    ['evidence', { contradicted: true }, 'Path proved in 39 of 40 deployments.'],
    ['discarded', { foreign: { share: 0.07 } }, 'The machine was busy.'],
    ['discarded', { disturbed: [{ round: 1, foreign: 0.3 }] }, 'The machine was disturbed.'],
    ['limits', { agentIsLimit: true }, 'Capacity not measured for nginx:'],
    ['limits', { profiles: ['latency'] as const }, 'The load generator limited nothing:'],
  ])('%s, given %o, says: %s', (section, options, title) => {
    expect(mark(section, options)).toMatchObject({ title, passed: title.endsWith('limited nothing:') });
  });

  test('of a run without a slice claim nothing', () => {
    const { run, ...recorded } = syntheticRun({ seed: 1, rounds: 1, blocks: 1 });
    const { trust } = firstScreenOf(buildReportModel({ ...recorded, run, slices: [], evidence: [] }));
    expect(trust.filter(({ passed }) => passed)).toEqual([]);
    expect(trust.map(({ title }) => title).slice(1, 3)).toEqual([
      'No path evidence.',
      'Nothing was measured.',
    ]);
  });
});

test("of the user's service what was measured is its image and its request, and not a page of bench's", () => {
  const model = modelOf();
  const run = { ...model.run, plan: { ...model.run.plan, ...servicePlan } };
  const { measured } = firstScreenOf({ ...model, run });
  expect(measured).toMatch(/^app \(my\/app:1\.2\) · client .* · GET \/items\?q=1, keep-alive · 1 of 2 CPUs/);
});
