import { expect, test } from 'vitest';
import type { Case } from '../../bench/model/case.ts';
import { loadProfiles } from '../../bench/model/profile.ts';
import type { Overhead } from '../../bench/model/summary.ts';
import { bridgePath, syntheticRun } from '../synthetic-run.fixture.ts';
import { headlines } from './headline.ts';
import type { JudgedGroup, JudgedOverhead } from './overheads.ts';
import { countSlices } from './recorded-cases.ts';

const { plan } = syntheticRun({ seed: 1, rounds: 1, blocks: 1, servers: ['nginx'] }).run;

const throughput: Overhead = {
  server: 'nginx',
  profile: 'throughput',
  path: bridgePath,
  baseline: 'host/external',
  metric: 'throughput',
  unit: 'requests/s',
  primary: true,
  baselineValue: 25_000,
  contenderValue: 21_000,
  ratio: 0.84,
  low: 0.82,
  high: 0.86,
  confidence: 0.961,
  absoluteDifference: { value: -4_000, low: -4_500, high: -3_500 },
  rounds: 8,
  verdict: 'slower',
  verdictReason: 'because',
  atLeast: false,
  detectable: 0.031,
};
const latency: Overhead = {
  ...throughput,
  profile: 'latency',
  metric: 'latency-p50',
  unit: 's',
  ratio: 1.15,
  low: 1.11,
  high: 1.18,
  absoluteDifference: { value: 9.2e-6, low: 7.1e-6, high: 10.9e-6 },
};

/** The sentence about bridge mode, from one judged overhead for each profile. */
function sentence(...judged: readonly JudgedOverhead[]): string {
  const groups = judged.map((it): JudgedGroup => {
    const { server, profile, baseline: path } = it.overhead;
    const subject: Case = { server, profile, path, role: 'baseline' };
    const recorded = { case: subject, slices: [], counts: countSlices([]), rounds: new Map() };
    const group = {
      server,
      profile: loadProfiles[profile],
      baselinePath: path,
      baseline: recorded,
      contenders: [],
    };
    return {
      group: { ...group, profile: { ...group.profile, primaryMetric: it.overhead.metric } },
      overheads: [it],
    };
  });
  const comparisons = [
    { baseline: throughput.baseline, contenders: [judged[0]?.overhead.path ?? bridgePath] },
  ];
  return headlines({ ...plan, comparisons }, groups).join('\n');
}

test('a cost in both', () => {
  expect(sentence({ overhead: latency }, { overhead: throughput })).toBe(
    'From a remote client, bridge mode costs nginx 16 % [14, 18] of its throughput and adds 9 µs [7, 11] to the median.',
  );
});

test('a gain in both', () => {
  const faster = {
    ...throughput,
    verdict: 'faster',
    ratio: 1.1,
    low: 1.08,
    high: 1.13,
    atLeast: true,
  } as const;
  const sooner = {
    ...latency,
    verdict: 'faster',
    absoluteDifference: { value: -9.2e-6, low: -10.9e-6, high: -7.1e-6 },
  } as const;
  expect(sentence({ overhead: faster }, { overhead: sooner })).toBe(
    'From a remote client, bridge mode gives nginx at least 10 % [8, 13] more throughput and takes 9 µs [7, 11] off the median.',
  );
});

test('one profile alone names its server', () => {
  expect(sentence({ overhead: latency })).toBe(
    "From a remote client, bridge mode adds 9 µs [7, 11] to nginx's median latency.",
  );
});

test('CPU per request as the declared metric', () => {
  const cpu = { ...latency, metric: 'cpu-per-request', ratio: 1.25, low: 1.22, high: 1.28 } as const;
  expect(sentence({ overhead: cpu })).toBe(
    'From a remote client, bridge mode costs nginx 25 % [22, 28] more CPU per request.',
  );
});

test('where no difference is shown there is no figure but what could have been shown', () => {
  const open = { ...throughput, verdict: 'inconclusive' } as const;
  expect(sentence({ overhead: open, cause: { kind: 'nothing-shown' } })).toBe(
    "From a remote client, bridge mode shows no difference in nginx's throughput (this run could have shown 3.1 %).",
  );
  expect(sentence({ overhead: open, cause: { kind: 'too-few-rounds', needed: 7 } })).toBe(
    "From a remote client, bridge mode shows nothing yet about nginx's throughput (it needs at least 7 rounds).",
  );
  expect(sentence({ overhead: open, cause: { kind: 'within-margin' } })).toBe(
    "From a remote client, bridge mode changes nginx's throughput, but is not shown to change it by more than ±2 %.",
  );
  expect(sentence({ overhead: open, cause: { kind: 'correction' } })).toBe(
    "From a remote client, bridge mode shows no difference in nginx's throughput that outlasts the correction for several contenders.",
  );
  expect(sentence({ overhead: open, cause: { kind: 'client-limit' } })).toBe(
    "From a remote client, bridge mode shows no difference in nginx's throughput, but the client was the limit.",
  );
});

test('equivalent and untrusted, from other vantages and addresses', () => {
  const equivalent = { ...throughput, verdict: 'equivalent', path: 'bridge/host/container' } as const;
  expect(sentence({ overhead: equivalent })).toBe(
    "From the host itself, bridge mode by container address is shown equivalent within ±2 % in nginx's throughput.",
  );
  const untrusted = { ...throughput, verdict: 'untrusted', path: 'mapped/inside' } as const;
  const distrust = { brief: 'two identical deployments differed', reason: 'in full' };
  expect(sentence({ overhead: untrusted, distrust })).toBe(
    "From inside the server's own network stack, mapped mode has no trusted verdict on nginx's throughput (two identical deployments differed).",
  );
});

test('of many contenders, those without an effect share a sentence for each vantage', () => {
  const open = { ...latency, verdict: 'inconclusive' } as const;
  const paths = [
    'native/external',
    'macvlan/external/container',
    'none/inside',
    'mapped/inside',
    'bridge/inside',
  ];
  const shown = ['bridge/external/published', 'user-bridge/external/published', 'mapped/external/published'];
  const overheads: readonly Overhead[] = [
    ...paths.map((path) => ({ ...open, path })),
    ...shown.map((path) => ({ ...latency, path })),
  ];
  const few = headlinesOf(overheads);
  expect(few).toHaveLength(8);
  const many = headlinesOf([
    ...overheads,
    { ...latency, path: 'bridge/external/container', verdict: 'equivalent' },
  ]);
  expect(many.slice(0, shown.length)).toEqual(few.slice(0, shown.length));
  expect(many.slice(shown.length)).toEqual([
    'From a remote client, 2 paths to nginx (native/external, macvlan/external/container) are not shown to differ from the baseline; the table says what this run could have shown.',
    "From inside the server's own network stack, 3 paths to nginx (none/inside, mapped/inside, bridge/inside) are not shown to differ from the baseline; the table says what this run could have shown.",
    "From a remote client, bridge mode by container address is shown equivalent within ±2 % in nginx's median latency.",
  ]);
});

/** The sentences about contenders of one baseline under the latency profile. */
function headlinesOf(overheads: readonly Overhead[]): readonly string[] {
  const subject: Case = { server: 'nginx', profile: 'latency', path: latency.baseline, role: 'baseline' };
  const group = {
    server: subject.server,
    profile: loadProfiles.latency,
    baselinePath: subject.path,
    baseline: { case: subject, slices: [], counts: countSlices([]), rounds: new Map() },
    contenders: [],
  };
  const comparisons = [{ baseline: latency.baseline, contenders: overheads.map(({ path }) => path) }];
  const judged = overheads.map((overhead) => ({ overhead }));
  return headlines({ ...plan, comparisons }, [{ group, overheads: judged }]);
}
