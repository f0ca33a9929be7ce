import { expect, test } from 'vitest';
import { possiblePaths } from '../model/network-modes.ts';
import { pathId } from '../model/path.ts';
import { declaredComparisons } from '../model/plan.ts';
import { roundsNeeded, roundsToPlan } from '../model/rounds-needed.ts';
import type { Config } from './config-file.ts';
import { planCommand } from './plan-command.ts';
import { planDuration } from './plan-duration.ts';
import { planNames } from './plan-names.ts';
import { failure, plan } from './planned.fixture.ts';

test('two-addresses is host mode and its twin on one port, and says so in its command', () => {
  const named = plan({ flags: { plan: 'two-addresses' }, config: { modes: ['bridge'] } });
  expect(named).toMatchObject({
    sharedPort: true,
    comparisons: [{ baseline: 'host/external', contenders: [] }],
  });
  expect(planCommand(named)).toMatch(/^bench run --plan two-addresses .*--shared-port true$/);
  expect(plan({ flags: { sharedPort: 'true', mode: 'bridge' } })).toMatchObject({
    sharedPort: true,
    comparisons: [{ contenders: ['bridge/external/published'] }],
  });
});

test('the plan `paths` measures every path that can be laid, each against its baseline', () => {
  const paths = plan({ flags: { plan: 'paths' } });
  const { comparisons, servers, profiles, rounds } = paths;
  const measured = comparisons.flatMap(({ baseline, contenders }) => [baseline, ...contenders]);
  expect(measured.toSorted()).toEqual(possiblePaths().map(pathId).toSorted());
  expect([servers, profiles.map(({ name }) => name)]).toEqual([['nginx'], ['latency']]);
  expect(declaredComparisons(paths)).toBe(measured.length - comparisons.length);
  expect(rounds).toBe(roundsToPlan(0.95, declaredComparisons(paths)));
  // A round or two may be lost, and a difference can still be shown.
  expect(rounds - 1).toBeGreaterThan(roundsNeeded(0.95, declaredComparisons(paths)));
});

test('the plan `waterfall` goes from a plain process to docker-proxy, all of it seen from one place', () => {
  const { comparisons, profiles } = plan({ flags: { plan: 'waterfall' } });
  // The time of each step, and at one rate its CPU.
  expect(profiles.map(({ name }) => name)).toEqual(['latency', 'steady']);
  expect(comparisons).toEqual([
    {
      baseline: 'host/host',
      contenders: ['native/host', 'bridge/host/container', 'bridge/host/published', 'bridge/host/loopback'],
    },
  ]);
});

test('a named plan is overridden option by option, and gives way to a higher selection', () => {
  const own = plan({ flags: { rounds: '3', server: 'apache' }, env: { BENCH_PLAN: 'waterfall' } });
  expect([own.rounds, own.servers, own.comparisons[0]?.baseline]).toEqual([3, ['apache'], 'host/host']);
  const flag = plan({ flags: { mode: 'bridge' }, env: { BENCH_PLAN: 'waterfall' } });
  expect(flag.comparisons[0]?.baseline).toBe('host/external');
  expect(flag.servers).toEqual(['nginx', 'apache']);
});

test.each([
  [{ plan: 'path' }, '--plan: unknown plan "path"', 'did you mean "paths"?'],
  [{ plan: 'paths', mode: 'bridge' }, 'which modes are measured', 'Leave out either'],
  [{ plan: 'paths', path: 'host/host' }, 'which paths are measured', 'Leave out either'],
])('%j is refused: %s', (flags, message, hint) => {
  const found = failure({ flags });
  expect(found.message).toContain(message);
  expect(found.hint).toContain(hint);
});

test('quick is over within a minute, with rounds enough for a verdict on each of its main results', () => {
  const quick = plan({ flags: { plan: 'quick' } });
  expect(quick).toMatchObject({
    servers: ['nginx'],
    comparisons: [{ baseline: 'host/external', contenders: ['bridge/external/published'] }],
  });
  // A lab starts in some seconds more, and the report is made in two.
  expect(planDuration(quick).totalSeconds).toBeLessThanOrEqual(50);
  const ofService = plan({ flags: { plan: 'quick', image: 'app', port: '80' } });
  expect(planDuration(ofService).totalSeconds).toBeLessThanOrEqual(57);
  expect(quick.rounds).toBeGreaterThan(roundsNeeded(quick.confidence, declaredComparisons(quick)));
});

test('default is what is measured without a plan, and nightly the same with tails and more rounds', () => {
  expect(plan({ flags: { plan: 'default' } })).toEqual({ ...plan({}), name: 'default' });
  const { servers, comparisons, profiles, rounds } = plan({ flags: { plan: 'nightly' } });
  const usual = plan({});
  expect({ servers, comparisons }).toEqual({ servers: usual.servers, comparisons: usual.comparisons });
  expect(profiles).toEqual([
    ...usual.profiles,
    expect.objectContaining({ declaredMetric: 'latency_p99_us' }),
  ]);
  expect(rounds).toBe(4 * usual.rounds);
});

test('quick and nightly take modes and paths beside them', () => {
  const modes = plan({ flags: { plan: 'quick', mode: 'mapped' } });
  expect(modes).toMatchObject({ blocks: 1, comparisons: [{ contenders: ['mapped/external/published'] }] });
  const paths = plan({ flags: { path: 'bridge/host/container' }, env: { BENCH_PLAN: 'nightly' } });
  expect(paths).toMatchObject({ rounds: 40, comparisons: [{ baseline: 'host/host' }] });
});

const config: Config = {
  servers: ['apache'],
  rounds: 20,
  blocks: 3,
  plans: {
    checkout: {
      servers: ['nginx'],
      paths: ['bridge/host/loopback'],
      profiles: ['latency'],
      rounds: 12,
      margins: { latency_p50_us: 0.05 },
    },
    both: { servers: ['nginx', 'apache'] },
    timed: { timeSeconds: 90 },
  },
};

test("a plan of the user's comes after flags and variables, and before the rest of the config", () => {
  const sources = { config, flags: { plan: 'checkout' } };
  expect(plan(sources)).toMatchObject({
    servers: ['nginx'],
    comparisons: [{ baseline: 'host/host', contenders: ['bridge/host/loopback'] }],
    rounds: 12,
    blocks: 3,
    margins: { latency_p50_us: 0.05 },
  });
  const env = { BENCH_ROUNDS: '14', BENCH_SERVER: 'apache' };
  expect(plan({ ...sources, env })).toMatchObject({ rounds: 14, servers: ['apache'], blocks: 3 });
  expect(plan({ config, env, flags: { plan: 'checkout', rounds: '15' } }).rounds).toBe(15);
  expect(plan({ config, env: { BENCH_PLAN: 'both' } })).toMatchObject({
    servers: ['nginx', 'apache'],
    rounds: 20,
  });
  expect(plan({ config: { ...config, plan: 'both' } })).toMatchObject({ servers: ['nginx', 'apache'] });
  expect(plan({ config }).servers).toEqual(['apache']);
  expect(plan({ config: { ...config, plan: 'both' }, flags: { plan: 'default' } }).servers).toEqual([
    'apache',
  ]);
});

test('rounds, time and precision are one: a plan with a time has not the rounds of the config', () => {
  expect(plan({ config, flags: { plan: 'timed' } })).toMatchObject({
    rounds: 400,
    stopping: { seconds: 90 },
  });
  const fixed = plan({ config, flags: { plan: 'timed', rounds: '9' } });
  expect(fixed.rounds).toBe(9);
  expect(fixed).not.toHaveProperty('stopping');
});

test('the source that chooses a plan chooses its paths; a flag beside its name comes first', () => {
  const flags = { plan: 'checkout' };
  const paths = (sources: Parameters<typeof plan>[0]) =>
    plan({ config, ...sources }).comparisons.flatMap(({ contenders }) => contenders);
  expect(paths({ flags, env: { BENCH_MODE: 'mapped' } })).toEqual(['bridge/host/loopback']);
  expect(paths({ flags: { ...flags, mode: 'mapped' } })).toEqual(['mapped/external/published']);
  expect(paths({ flags: { mode: 'mapped' }, env: { BENCH_PLAN: 'checkout' } })).toEqual([
    'mapped/external/published',
  ]);
  const ofConfig: Config = { ...config, plan: 'checkout', modes: ['mapped'] };
  expect(paths({ config: ofConfig })).toEqual(['bridge/host/loopback']);
  // The other values of the plan stay.
  expect(plan({ config, flags: { mode: 'mapped' }, env: { BENCH_PLAN: 'checkout' } }).rounds).toBe(12);
});

test("a setting of a user's plan that does not suit its paths is refused by its place", () => {
  const plans = { wrong: { paths: ['bridge/host/published'], sharedPort: true } };
  const sources = { config: { plans } satisfies Config, configFile: 'bench.config.yaml' };
  expect(failure({ ...sources, flags: { plan: 'wrong' } })).toMatchObject({
    message: expect.stringMatching(
      /^bench\.config\.yaml: plans\.wrong\.sharedPort: .* cannot share one port/,
    ),
    hint: expect.stringContaining('remove plans.wrong.sharedPort from bench.config.yaml'),
  });
  const left: string[] = [];
  const note = ({ message }: { readonly message: string }) => left.push(message);
  plan({ ...sources, flags: { plan: 'wrong', path: 'bridge/host/published' }, note });
  expect(left).toEqual([expect.stringContaining('plans.wrong.sharedPort')]);
});

test.each([
  [
    { plan: 'chekout' },
    {},
    '--plan: unknown plan "chekout"',
    'did you mean "checkout"? Plans: quick, default, ',
  ],
  [{}, { BENCH_PLAN: 'nigthly' }, 'BENCH_PLAN: unknown plan "nigthly"', 'did you mean "nightly"?'],
  [{ plan: 'constructor' }, {}, '--plan: unknown plan "constructor"', 'Plans: '],
  [{ plan: 'a b' }, {}, '--plan: unknown plan "a b"', 'Plans: '],
])('a plan that is neither is refused: %j %j', (flags, env, message, hint) => {
  const found = failure({ config, flags, env });
  expect(found).toMatchObject({ kind: 'usage', message, hint: expect.stringContaining(hint) });
});

test("a service of the user's is what a plan of bench's own measures, as far as it can", () => {
  const service: Config = { image: 'my/app:1.2', port: 8080 };
  for (const name of planNames.filter((it) => it !== 'two-addresses')) {
    const measured = plan({ flags: { plan: name }, config: service });
    expect(measured.servers, name).toEqual(['app']);
    expect(measured.service?.image, name).toBe('my/app:1.2');
  }
  const { comparisons, leftOut } = plan({ flags: { plan: 'waterfall' }, config: service });
  expect(comparisons[0]?.contenders).not.toContain('native/host');
  expect(leftOut).toEqual([{ path: 'native/host', reason: expect.stringContaining('without a container') }]);
  // A server that is named beside the plan is meant.
  expect(plan({ flags: { plan: 'quick', server: 'apache' }, config: service }).servers).toEqual(['apache']);
});

test('a plan may be of a service, and the rest of the config of another', () => {
  const plans = { checkout: { image: 'my/checkout:7' }, search: { image: 'my/search:2', requestPath: '/q' } };
  const both: Config = { port: 8080, plans };
  const checkout = plan({ flags: { plan: 'checkout' }, config: both });
  expect(checkout).toMatchObject({ servers: ['checkout'], service: { port: 8080 }, request: { path: '/' } });
  expect(plan({ flags: { plan: 'search' }, config: both })).toMatchObject({ request: { path: '/q' } });
});
