import { describe, expect, test } from 'vitest';
import { isMeasured } from '../../bench/model/summary.ts';
import { holm } from '../statistics/holm.ts';
import { bridgePath, type SyntheticOptions, syntheticRun } from '../synthetic-run.fixture.ts';
import { analyse } from './analyse.ts';
import type { AnalysedOverhead } from './overheads.ts';

const small = { seed: 3, rounds: 8, blocks: 2 } as const;

function analysed(options: Partial<SyntheticOptions>): readonly AnalysedOverhead[] {
  return analyse(syntheticRun({ ...small, ...options })).groups.flatMap(({ overheads }) => overheads);
}

function pValueOf({ overhead }: AnalysedOverhead): number | undefined {
  return isMeasured(overhead) ? overhead.pValue : undefined;
}

test('each profile shows its metrics, and one of them is declared', () => {
  const bridge = analysed({ servers: ['nginx'] }).filter(({ overhead }) => overhead.path === bridgePath);
  expect(bridge.map(({ overhead: { profile, metric, declared } }) => [profile, metric, declared])).toEqual([
    ['latency', 'latency_p50_us', true],
    ['latency', 'latency_p90_us', false],
    ['latency', 'cpu_server_us', false],
    ['latency', 'cpu_agent_us', false],
    ['latency', 'cpu_total_us', false],
    ['steady', 'cpu_server_us', true],
    ['steady', 'cpu_agent_us', false],
    ['steady', 'cpu_total_us', false],
    ['throughput', 'throughput_rps', true],
    ['throughput', 'cpu_server_us', false],
    ['throughput', 'cpu_agent_us', false],
    ['throughput', 'cpu_total_us', false],
  ]);
  for (const { overhead } of bridge) {
    expect(overhead.verdict !== undefined).toBe(overhead.declared);
  }
});

describe("Holm's correction", () => {
  test('is over all declared comparisons of the run: servers, paths and profiles', () => {
    const declared = analysed({}).filter(({ overhead }) => overhead.declared);
    expect(declared).toHaveLength(2 * 2 * 3);
    const raw = declared.map(({ estimate }) => estimate?.pNoDifference ?? Number.NaN);
    expect(declared.map(pValueOf)).toEqual(holm(raw));
    expect(declared.every(({ correction }) => correction?.comparisons === 12)).toBe(true);
  });

  test('leaves the others as they are', () => {
    for (const it of analysed({}).filter(({ overhead }) => !overhead.declared)) {
      expect(pValueOf(it)).toBe(it.estimate?.pNoDifference);
      expect(it.correction).toBeUndefined();
    }
  });

  test('a difference on as many comparisons needs more rounds than a single one', () => {
    // 2/2⁸ is below 5 %, and 12 times that is above.
    expect(analysed({ rounds: 8 })[0]?.overhead.verdict).toBe('open');
    expect(analysed({ rounds: 9 })[0]?.overhead.verdict).toBe('slower');
  });
});

describe('a capacity that the load agent limited', () => {
  const options = { rounds: 10, agentIsLimit: true } as const;
  const of = analysed(options);
  const capacity = of.find(({ overhead }) => overhead.metric === 'throughput_rps');

  test('has figures and a reason, and no verdict', () => {
    expect(capacity?.overhead).toMatchObject({ limit: 'agent', declared: true });
    expect(capacity?.overhead.verdict).toBeUndefined();
    expect(capacity?.overhead.reason).toBe('not measured: the load generator was the limit');
    expect(capacity?.correction).toBeUndefined();
  });

  test('is not among the comparisons that are corrected together', () => {
    const corrections = of.flatMap(({ correction }) => correction ?? []);
    expect(corrections.map(({ comparisons }) => comparisons)).toEqual(Array(8).fill(8));
  });

  test('is neither a control: its twins are not tested', () => {
    const { groups } = analyse(syntheticRun({ ...small, ...options, twinEffect: { capacity: 0.8 } }));
    const throughput = groups.filter(({ figures }) => figures.group.profile.name === 'throughput');
    expect(throughput.map(({ control }) => control)).toEqual([undefined, undefined]);
  });
});

test('where nothing tells whose CPU was the limit, the capacity has no verdict either', () => {
  const capacity = analysed({ unreadCpus: true, servers: ['nginx'] }).find(
    ({ overhead }) => overhead.metric === 'throughput_rps',
  );
  expect(capacity?.overhead.reason).toBe('not measured: nothing tells whose CPU was the limit');
  expect(capacity?.overhead).not.toHaveProperty('limit');
});

test('a quantile without enough responses is not dropped in silence', () => {
  const recorded = syntheticRun({
    ...small,
    ...{ servers: ['nginx'], profiles: ['latency'], blocks: 1, sliceSeconds: 0.05 },
  });
  const [group] = analyse(recorded).groups;
  expect(group?.overheads.map(({ overhead }) => overhead.metric)).not.toContain('latency_p90_us');
  expect(group?.notShown.map(({ metric, why }) => [metric, why.replace(/^\d+/, 'n')])).toEqual([
    ['p90 latency', 'n of 1,000 responses in round 1'],
    ['p90 latency', 'n of 1,000 responses in round 1'],
  ]);
});

test('effects on latency, CPU and capacity are told apart', () => {
  const effect = { latency: 1.1, serverCpu: 1.3, agentCpu: 1, capacity: 0.9 };
  const found = analysed({ rounds: 12, servers: ['nginx'], effects: { [bridgePath]: effect } }).filter(
    ({ overhead }) => overhead.path === bridgePath,
  );
  const ratioOf = (profile: string, metric: string) =>
    found.find(({ overhead }) => overhead.profile === profile && overhead.metric === metric)?.estimate?.ratio;
  expect(ratioOf('latency', 'latency_p50_us')).toBeCloseTo(1.1, 1);
  expect(ratioOf('steady', 'cpu_server_us')).toBeCloseTo(1.3, 1);
  expect(ratioOf('steady', 'cpu_agent_us')).toBeCloseTo(1, 1);
  expect(ratioOf('throughput', 'throughput_rps')).toBeCloseTo(0.9, 1);
});
