import { expect, test } from 'vitest';
import { declaredComparisons } from '../model/plan.ts';
import { roundsNeeded, roundsToPlan } from '../model/rounds-needed.ts';
import type { Warning } from '../model/warning.ts';
import { parseConfig } from './config-file.ts';
import {
  attributeOf,
  configNames,
  configSchema,
  type Options,
  planDefaults,
  planOptionKeys,
  planOptions,
  variableOf,
} from './options.ts';
import { failure, plan } from './planned.fixture.ts';
import { resolvePlan } from './resolve-plan.ts';

test('without a word the default plan is measured', () => {
  expect(plan({})).toEqual({
    servers: ['nginx', 'apache'],
    comparisons: [
      { baseline: 'host/external', contenders: ['bridge/external/published', 'mapped/external/published'] },
    ],
    profiles: [
      {
        name: 'latency',
        connections: 1,
        load: 'closed',
        sliceFactor: 1,
        rampFactor: 1,
        declaredMetric: 'latency_p50_us',
      },
      {
        name: 'steady',
        connections: 32,
        load: 'paced',
        sliceFactor: 2,
        rampFactor: 1,
        declaredMetric: 'cpu_server_us',
      },
      {
        name: 'throughput',
        connections: 32,
        load: 'closed',
        sliceFactor: 1,
        rampFactor: 4,
        declaredMetric: 'throughput_rps',
      },
    ],
    rounds: 10,
    blocks: planDefaults.blocks,
    sliceSeconds: planDefaults.sliceSeconds,
    turnSeconds: planDefaults.turnSeconds,
    exchangeCpus: true,
    rampSeconds: planDefaults.rampSeconds,
    warmupSeconds: planDefaults.warmupSeconds,
    bodyBytes: planDefaults.bodyBytes,
    seed: 2 ** 31,
    confidence: planDefaults.confidence,
  });
});

test('flag before environment before config before default, each option by itself', () => {
  const config: Options = { rounds: 20, blocks: 7, bodyBytes: 10 };
  const env = { BENCH_ROUNDS: '30', BENCH_BLOCKS: '5', BENCH_SLICE_SECONDS: '' };
  const resolved = plan({ flags: { rounds: '40', json: true }, env, config });
  expect(resolved).toMatchObject({ rounds: 40, blocks: 5, bodyBytes: 10 });
  expect(resolved.sliceSeconds).toBe(planDefaults.sliceSeconds);
});

test('time and precision make a plan that stops by itself, and are written as people write them', () => {
  expect(plan({ flags: { time: '5m' } })).toMatchObject({
    rounds: 400,
    confidence: 0.95,
    stopping: { seconds: 300 },
  });
  expect(plan({ flags: { precision: '1.5 %' } })).toMatchObject({
    rounds: 400,
    confidence: 0.975,
    stopping: { seconds: 600, precision: { halfWidth: 0.015, coverage: 0.95 } },
  });
  expect(plan({ flags: { rounds: '12', precision: '1%', time: '90s' } })).toMatchObject({
    rounds: 12,
    stopping: { seconds: 90, precision: { halfWidth: 0.01 } },
  });
});

test('the first look has rounds enough to show a difference in all declared comparisons together', () => {
  const firstLook = (flags: Readonly<Record<string, unknown>>) =>
    plan({ flags: { ...flags, precision: '1%' } }).stopping?.precision?.looks[0];
  expect(firstLook({ server: 'nginx', profile: 'latency', mode: 'bridge' })).toBe(8);
  expect(firstLook({})).toBe(roundsNeeded(0.975, 12));
  expect(firstLook({ plan: 'paths' })).toBe(
    roundsNeeded(0.975, declaredComparisons(plan({ flags: { plan: 'paths' } }))),
  );
});

test('declared are contenders × profiles × servers, over all comparisons; twins are not among them', () => {
  const declared = (flags: Readonly<Record<string, unknown>>) => declaredComparisons(plan({ flags }));
  expect(declared({})).toBe(2 * 3 * 2);
  expect(declared({ server: 'nginx', mode: 'bridge', profile: 'latency' })).toBe(1);
  expect(declared({ mode: 'host' })).toBe(0);
  // One from outside and two from the host.
  const path = 'bridge/external/published,bridge/host/container,mapped/host/container';
  expect(declared({ path, server: 'nginx', profile: 'latency,steady' })).toBe(3 * 2);
});

test('the rounds follow from the number of declared comparisons, unless they are given', () => {
  const rounds = (flags: Readonly<Record<string, unknown>>) => plan({ flags }).rounds;
  expect(rounds({})).toBe(10);
  expect(rounds({ server: 'nginx', mode: 'bridge', profile: 'latency' })).toBe(10);
  const paths = plan({ flags: { plan: 'paths' } });
  expect(paths.rounds).toBe(roundsToPlan(0.95, declaredComparisons(paths)));
  expect(paths.rounds).toBeGreaterThan(10);
  // As many as the level asks for, 1 - log2(0.001 / 12), and two to spare.
  expect(rounds({ confidence: '0.999' })).toBe(17);
  expect(rounds({ plan: 'paths', rounds: '7' })).toBe(7);
});

test('a rate is given for all servers or for each, in each way that options have, the highest before the others', () => {
  const rates = (sources: Parameters<typeof plan>[0]) => plan(sources).rates;
  expect(plan({})).not.toHaveProperty('rates');
  expect(rates({ flags: { rate: '12000' } })).toEqual({ nginx: 12_000, apache: 12_000 });
  expect(rates({ flags: { rate: 'nginx=12000,apache=8000.5' } })).toEqual({ nginx: 12_000, apache: 8_000.5 });
  expect(rates({ flags: { rate: ['nginx=12000', 'apache=8000'] } })).toEqual({
    nginx: 12_000,
    apache: 8_000,
  });
  expect(rates({ env: { BENCH_RATE: 'apache=8000' } })).toEqual({ apache: 8_000 });
  expect(rates({ config: { rates: { nginx: 5 } } })).toEqual({ nginx: 5 });
  const all = { flags: { rate: '3' }, env: { BENCH_RATE: '2' }, config: { rates: 1 } };
  expect(rates(all)).toEqual({ nginx: 3, apache: 3 });
  expect(rates({ ...all, flags: {} })).toEqual({ nginx: 2, apache: 2 });
  expect(plan({ flags: { rate: 'auto' }, config: { rates: 1 } })).not.toHaveProperty('rates');
});

test.each([
  [
    { profile: 'latency,throughput', rate: '1000' },
    '--rate is for the steady profile, which the plan does not have',
  ],
  [{ server: 'nginx', rate: 'apache=8000' }, '--rate has no rate for nginx'],
])('a rate that nothing in the plan has a use for is left out, and said: %j', (flags, message) => {
  const notes: Warning[] = [];
  expect(plan({ flags, note: (it) => notes.push(it) })).not.toHaveProperty('rates');
  expect(notes).toEqual([{ code: 'setting-left-out', message, hint: 'It is left out of this plan.' }]);
  plan({ flags: { ...flags, rate: 'auto' }, note: (it) => notes.push(it) });
  expect(notes).toHaveLength(1);
});

test('a fixed number of rounds on the command line is not lengthened by the precision of a config', () => {
  const config: Options = { precision: 0.01, timeSeconds: 60 };
  expect(plan({ flags: { rounds: '9' }, config })).toMatchObject({ rounds: 9, confidence: 0.95 });
  expect(plan({ flags: { rounds: '9' }, config }).stopping).toBeUndefined();
  expect(plan({ config }).stopping).toMatchObject({ seconds: 60, precision: { halfWidth: 0.01 } });
});

test('lists are repeated or comma separated', () => {
  const expected = plan({ flags: { server: ['apache', 'nginx'], mode: ['bridge', 'mapped'] } });
  expect(plan({ flags: { server: 'apache,nginx', mode: ['mapped, bridge'] } })).toEqual({
    ...expected,
    comparisons: [
      { baseline: 'host/external', contenders: ['mapped/external/published', 'bridge/external/published'] },
    ],
  });
  expect(expected.servers).toEqual(['apache', 'nginx']);
});

test.each<[string, Record<string, unknown>, unknown]>([
  ['a mode', { mode: 'bridge' }, [['host/external', ['bridge/external/published']]]],
  ['the baseline alone', { mode: 'host' }, [['host/external', []]]],
  ['a path', { path: 'bridge/host/container' }, [['host/host', ['bridge/host/container']]]],
  [
    'a mode and paths',
    { mode: 'mapped', path: 'bridge/host/container,host/external' },
    [
      ['host/external', ['mapped/external/published']],
      ['host/host', ['bridge/host/container']],
    ],
  ],
])('%s is compared with the baseline of its vantage', (_, flags, expected) => {
  const { comparisons } = plan({ flags });
  expect(comparisons.map(({ baseline, contenders }) => [baseline, contenders])).toEqual(expected);
});

test('paths on the command line are not widened by the modes of a config', () => {
  const config: Options = { modes: ['bridge', 'mapped'] };
  expect(plan({ flags: { path: 'bridge/host/container' }, config }).comparisons).toEqual([
    { baseline: 'host/host', contenders: ['bridge/host/container'] },
  ]);
});

test.each<[Parameters<typeof plan>[0], unknown, unknown]>([
  [
    { flags: { mode: 'brigde' } },
    '--mode: unknown mode "brigde"',
    'did you mean "bridge"? Modes: native, host, bridge, user-bridge, mapped, macvlan',
  ],
  [{ flags: { server: ['nginx', 'iis'] } }, '--server: unknown server "iis"', 'Servers: nginx, apache'],
  [
    { env: { BENCH_PROFILE: 'latencies' } },
    'BENCH_PROFILE: unknown profile "latencies"',
    'did you mean "latency"? Profiles: latency, steady, throughput, paced, churn, bulk',
  ],
  [
    { flags: { mode: 'overlay' } },
    '--mode: mode "overlay" cannot be measured: an overlay needs the engine to be in swarm mode, and bench does not change what an engine is',
    'Modes: native, host, bridge, user-bridge, mapped, macvlan',
  ],
  [
    { flags: { mode: 'none' } },
    '--mode: mode "none" cannot be measured: `none` has only the interface lo: only `inside` can reach it',
    'Modes: native, host, bridge, user-bridge, mapped, macvlan',
  ],
  [
    { flags: { mode: ',' } },
    '--mode: no mode given',
    'Modes: native, host, bridge, user-bridge, mapped, macvlan',
  ],
  [
    { flags: { rounds: 'many' } },
    '--rounds: "many" is not a whole number from 1 to 400',
    'Fresh starts of everything.',
  ],
  [
    { flags: { time: '5x' } },
    '--time: "5x" is not a time up to a week, such as 90s, 5m, 1h or 2d',
    'Add rounds until this time is up: 90s, 5m, 1h.',
  ],
  [
    { flags: { precision: '80%' } },
    '--precision: "80%" is not from 0.05% to 50%, such as 1%',
    expect.not.stringContaining('did you mean'),
  ],
  [
    { flags: { precision: '1' } },
    '--precision: 1 is not from 0.05% to 50%, such as 1%',
    expect.stringMatching(/^did you mean 1%\? /),
  ],
  [{ flags: { rounds: '1e400' } }, '--rounds: "1e400" is not a whole number from 1 to 400', undefined],
  [{ flags: { rounds: '401' } }, '--rounds: 401 is not a whole number from 1 to 400', undefined],
  [
    { flags: { rate: 'fast' } },
    '--rate: "fast" is not auto, or a rate above 0 and at most 10000000, such as 12000 or nginx=12000,apache=12000',
    'Requests/s of the steady profile, equal on all paths.',
  ],
  [{ flags: { rate: 'nginx=1,iis=2' } }, '--rate: unknown server "iis"', 'Servers: nginx, apache'],
  [
    { flags: { rate: ['nginx=1', 'nginx=2'] } },
    '--rate: "nginx=1,nginx=2" is not auto, or a rate above 0 and at most 10000000, such as 12000 or nginx=12000,apache=12000',
    undefined,
  ],
  [
    { flags: { rate: 'nginx=abc' } },
    '--rate: "nginx=abc" is not auto, or a rate above 0 and at most 10000000, such as 12000 or nginx=12000,apache=12000',
    undefined,
  ],
  [
    { env: { BENCH_RATE: '-5' } },
    expect.stringMatching(/^BENCH_RATE: -5 is not auto, or a rate above 0/),
    undefined,
  ],
  [{ flags: { rounds: '0' } }, '--rounds: 0 is not a whole number from 1 to 400', undefined],
  [{ flags: { rounds: '2.5' } }, '--rounds: 2.5 is not a whole number from 1 to 400', undefined],
  [
    { flags: { confidence: '95' } },
    '--confidence: 95 is not above 50% and at most 0.99999, such as 95% or 0.95',
    'did you mean 95%? Level of the intervals, such as 95%.',
  ],
  [
    { env: { BENCH_CONFIDENCE: '1' } },
    'BENCH_CONFIDENCE: 1 is not above 50% and at most 0.99999, such as 95% or 0.95',
    undefined,
  ],
  [{ env: { BENCH_SEED: '-1' } }, 'BENCH_SEED: -1 is not a whole number from 0 to 4294967295', undefined],
  [
    { env: { BENCH_SLICE_SECONDS: '0' } },
    'BENCH_SLICE_SECONDS: 0 is not above 0 and at most 60 seconds, such as 0.5, 180ms or 2s',
    undefined,
  ],
  [
    { flags: { userlandProxy: 'maybe' } },
    '--userland-proxy: "maybe" is not on or off',
    expect.stringContaining('docker-proxy'),
  ],
])('%j answers: %s', (sources, message, hint) => {
  const found = failure(sources);
  expect(found).toMatchObject({ kind: 'usage', message });
  if (hint !== undefined) expect(found.hint).toEqual(hint);
});

test('a path that is no path, is unclear, or cannot be is refused with the reason', () => {
  expect(failure({ flags: { path: 'bridge/host/contaner' } })).toMatchObject({
    message: '--path: unknown path "bridge/host/contaner"',
    hint: expect.stringContaining('did you mean "bridge/host/container"?'),
  });
  expect(failure({ flags: { path: 'bridge/external' } }).message).toBe(
    '--path: path "bridge/external" cannot be measured: write it as bridge/external/published',
  );
  expect(failure({ flags: { path: 'bridge/external/container' } }).message).toContain('private to its host');
});

test('of all the paths, those of the mode that was typed are listed; else those of a remote client', () => {
  const hintFor = (path: string) => failure({ flags: { path } }).hint;
  expect(hintFor('none')).toBe('Paths: none/inside, none/inside/ipv6');
  expect(hintFor('host/external/published')).toBe(
    'Paths: host/external, host/host, host/neighbor, host/inside, host/external/ipv6, host/host/ipv6, host/neighbor/ipv6, host/inside/ipv6',
  );
  expect(hintFor('whatever')).toMatch(
    /^Paths: host\/external, .*, … \(`bench plan --plan paths --verbose` lists all\)$/,
  );
});

test('every option has its own flag and variable', () => {
  const flags = planOptionKeys.map((key) => planOptions[key].flag);
  expect(new Set(flags).size).toBe(planOptionKeys.length);
  expect(planOptionKeys.map(variableOf)).toContain('BENCH_SLICE_SECONDS');
});

test('--map-to takes a name, and is for mapped servers', () => {
  expect(plan({ flags: { mode: 'mapped', mapTo: 'web' } }).mapTo).toBe('web');
  expect(failure({ flags: { mode: 'bridge', mapTo: 'web' } })).toMatchObject({
    kind: 'usage',
    message: '--map-to is for mapped servers, and the plan has none',
    hint: expect.stringContaining('--mode mapped'),
  });
  expect(failure({ flags: { mode: 'mapped', mapTo: 'a b' } }).message).toBe(
    '--map-to: "a b" is not a container\'s name or id',
  );
});

test.each([
  ['mapTo', 'web', 'is for mapped servers', 'BENCH_MAP_TO'],
  ['exchangeCpus', true, 'native/external is a plain process', 'BENCH_EXCHANGE_CPUS'],
  ['sharedPort', true, 'bridge/host/published cannot share one port', 'BENCH_SHARED_PORT'],
] as const)(
  'a %s that the chosen paths cannot have is left out where they were chosen over it, or is refused by the name that it has',
  (key, value, why, variable) => {
    const paths = key === 'exchangeCpus' ? ['native/external'] : ['bridge/host/published'];
    const config = { [key]: value };
    const notes: string[] = [];
    const left = plan({
      flags: { path: paths },
      config,
      configFile: 'bench.config.yaml',
      note: ({ message }) => notes.push(message),
    });
    expect(left).not.toHaveProperty(key);
    expect(notes).toEqual([expect.stringMatching(`^bench.config.yaml: ${key}.* ${why}`)]);

    expect(failure({ config: { ...config, paths }, configFile: 'bench.config.yaml' })).toMatchObject({
      kind: 'usage',
      message: expect.stringMatching(`^bench.config.yaml: ${key}.* ${why}`),
      hint: expect.stringContaining(`remove ${key} from bench.config.yaml`),
    });
    expect(failure({ env: { [variable]: String(value), BENCH_PATH: paths.join() } })).toMatchObject({
      message: expect.stringMatching(`^${variable}`),
      hint: expect.stringContaining(`unset ${variable}`),
    });
    // Chosen by a lower source: the setting is the last word.
    expect(failure({ env: { [variable]: String(value) }, config: { paths } }).message).toMatch(variable);
  },
);

test('servers that share a port need an address each: a bridge has one', () => {
  expect(failure({ flags: { sharedPort: 'true', path: 'bridge/host/published' } })).toMatchObject({
    kind: 'usage',
    message: expect.stringContaining('bridge/host/published cannot share one port'),
  });
});

test('a switch is true, false, or what the engine has', () => {
  expect(plan({ flags: { userlandProxy: 'false' }, config: { userlandProxy: true } }).userlandProxy).toBe(
    false,
  );
  expect(plan({ env: { BENCH_USERLAND_PROXY: 'true' } }).userlandProxy).toBe(true);
  expect(plan({})).not.toHaveProperty('userlandProxy');
});

test('CPUs are exchanged, unless it is not wanted or a plain process is among the servers', () => {
  expect(plan({}).exchangeCpus).toBe(true);
  expect(plan({ flags: { exchangeCpus: 'false' } })).not.toHaveProperty('exchangeCpus');
  expect(plan({ flags: { mode: 'native,bridge' } })).not.toHaveProperty('exchangeCpus');
  expect(failure({ flags: { mode: 'native,bridge', exchangeCpus: 'true' } })).toMatchObject({
    kind: 'usage',
    message: '--exchange-cpus: native/external is a plain process, which no engine can move',
    hint: expect.stringContaining('Leave out'),
  });
});

test('seeds that are not given cover the whole range', () => {
  const seedFor = (value: number) => resolvePlan({ flags: {}, env: {} }, () => value).seed;
  expect(seedFor(0)).toBe(0);
  expect(seedFor(1 - Number.EPSILON / 2)).toBe(0xffff_ffff);
});

test.each([
  [{ flags: { mode: 'host,host' } }, '--mode: mode "host" is given twice'],
  [{ flags: { server: ['nginx', 'nginx'] } }, '--server: server "nginx" is given twice'],
  [{ env: { BENCH_PROFILE: 'latency,latency' } }, 'BENCH_PROFILE: profile "latency" is given twice'],
])('%j: a word that is given twice is refused', (sources, message) => {
  expect(failure(sources)).toMatchObject({ kind: 'usage', message });
});

test('percentiles are no profile, but they are in every report', () => {
  expect(failure({ flags: { profile: 'p99' } }).hint).toMatch(
    /^The percentiles of latency are in every report\. .*Profiles: latency, steady, throughput, paced, churn, bulk$/,
  );
});

/** Every kind of value in each way in which it may be written, with what it means. */
const spellings = [
  ['timeSeconds', ['600', '600s', '10m', '10 min', '10M'], { stopping: { seconds: 600 } }],
  ['precision', ['0.01', '1%', '1 %'], { stopping: { precision: { halfWidth: 0.01 } } }],
  ['confidence', ['0.9', '.9', '90%'], { confidence: 0.9 }],
  ['bodyBytes', ['65536', '64KiB', '64kib', '64Ki'], { bodyBytes: 65_536 }],
  ['bodyBytes', ['1000', '1k', '1kB', '1KB'], { bodyBytes: 1000 }],
  ['sliceSeconds', ['0.2', '0.2s', '200ms'], { sliceSeconds: 0.2 }],
  ['rates', ['12000', '12k', 'nginx=12k,apache=12000'], { rates: { nginx: 12_000, apache: 12_000 } }],
  ['userlandProxy', ['off', 'no', 'false', 'OFF', '0'], { userlandProxy: false }],
  ['exchangeCpus', ['on', 'yes', 'true', '1'], { exchangeCpus: true }],
  [
    'modes',
    ['bridge,host', 'bridge, host'],
    { comparisons: [{ contenders: ['bridge/external/published'] }] },
  ],
] as const;

test.each(spellings)('%s is understood alike in flags, variables and configs: %j', (key, texts, meant) => {
  for (const text of texts) {
    expect(plan({ flags: { [attributeOf(key)]: text } }), text).toMatchObject(meant);
    expect(plan({ env: { [variableOf(key)]: text } }), text).toMatchObject(meant);
    for (const name of configNames(key)) {
      const config = parseConfig('bench.config.yaml', `${name}: "${text}"`);
      expect(plan({ config }), `${name}: ${text}`).toMatchObject(meant);
      // An editor that checks the file by its schema agrees.
      expect(configSchema.safeParse({ [name]: text.toLowerCase() }).success, `${name}: ${text}`).toBe(true);
    }
  }
});

test('a turn is no longer than a slice: a longer one is refused by its name, and the default gives way', () => {
  expect(failure({ flags: { turnSeconds: '5' } })).toMatchObject({
    kind: 'usage',
    message: '--turn-seconds: a turn of 5 s is longer than a slice, which lasts 0.18 s',
    hint: 'Give a turn of at most 0.18 s, or longer slices: --slice-seconds 5',
  });
  expect(failure({ env: { BENCH_TURN_SECONDS: '0.1' }, flags: { sliceSeconds: '0.05' } }).message).toMatch(
    /^BENCH_TURN_SECONDS: a turn of 0\.1 s/,
  );
  expect(plan({ flags: { sliceSeconds: '0.02' } }).turnSeconds).toBe(0.02);
  expect(plan({ flags: { turnSeconds: '0.18' } }).turnSeconds).toBe(0.18);
});

test.each([
  [{}, { arrivals: 'poisson', share: 0.5 }],
  [{ pacedRate: '25%' }, { arrivals: 'poisson', share: 0.25 }],
  [{ pacedRate: '12k' }, { arrivals: 'poisson', share: 0.5, rates: { nginx: 12_000, apache: 12_000 } }],
  [
    { pacedRate: 'apache=800', arrivals: 'uniform' },
    { arrivals: 'uniform', share: 0.5, rates: { apache: 800 } },
  ],
])('the paced profile has a rate and arrivals: %j', (flags, paced) => {
  expect(plan({ flags: { profile: 'paced', ...flags } }).paced).toEqual(paced);
});

test('the quantile of the paced profile is its declared metric; other profiles keep theirs', () => {
  const declared = (flags: Readonly<Record<string, string>>) =>
    plan({ flags: { profile: 'latency,paced', ...flags } }).profiles.map((it) => it.declaredMetric);
  expect(declared({})).toEqual(['latency_p50_us', 'latency_p99_us']);
  expect(declared({ quantile: 'p99.9' })).toEqual(['latency_p50_us', 'latency_p999_us']);
});

test('what is asked of the paced profile is left out of a plan without it, and said', () => {
  const notes: string[] = [];
  const flags = { pacedRate: '5k', arrivals: 'uniform', quantile: 'p99.9' };
  const without = plan({ flags, note: ({ message }) => notes.push(message) });
  expect(without).not.toHaveProperty('paced');
  expect(notes).toEqual(
    ['--paced-rate', '--arrivals', '--quantile'].map(
      (flag) => `${flag} is for the paced profile, which the plan does not have`,
    ),
  );
});

test.each([
  ['150%', 'did you mean 99%?'],
  ['0.5%', 'did you mean 1%?'],
  ['0.5', 'did you mean 50%?'],
  ['0', 'did you mean 1%?'],
  ['30000000', 'Rate of the paced profile'],
])('a paced rate of %s is refused with the nearest good one', (pacedRate, hint) => {
  const found = failure({ flags: { profile: 'paced', pacedRate } });
  expect(found.message).toContain('is not a share from 1% to 99%, or a rate from 1 to 10000000');
  expect(found.hint).toMatch(hint);
});

test('a quantile that is not offered is answered with those that are', () => {
  expect(failure({ flags: { profile: 'paced', quantile: 'p98' } })).toMatchObject({
    message: '--quantile: unknown quantile "p98"',
    hint: expect.stringContaining('Values of quantile: p99, p99.9'),
  });
});
