import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Plan, planSchema } from '../model/plan.ts';
import { profileNames } from '../model/profile.ts';
import { ownServers } from '../model/server.ts';
import type { Warning } from '../model/warning.ts';
import { type Options, planDefaults, planOptions } from './options.ts';
import { planCommand } from './plan-command.ts';
import { planNames } from './plan-names.ts';
import { plan } from './planned.fixture.ts';
import { resolvePlan } from './resolve-plan.ts';

/** Plans that a user can ask for. A turn is no longer than its slice. */
const options: fc.Arbitrary<Options> = anyOptions().map((given) => {
  const { turnSeconds, sliceSeconds = planDefaults.sliceSeconds } = given;
  return turnSeconds === undefined ? given : { ...given, turnSeconds: Math.min(turnSeconds, sliceSeconds) };
});

function anyOptions(): fc.Arbitrary<Options> {
  return fc.record(
    {
      servers: fc.uniqueArray(fc.constantFrom(...ownServers), { minLength: 1 }),
      modes: fc.uniqueArray(fc.constantFrom(...planOptions.modes.reads.words), { minLength: 1 }),
      paths: fc.uniqueArray(fc.constantFrom(...planOptions.paths.reads.words), { minLength: 1 }),
      profiles: fc.uniqueArray(fc.constantFrom(...profileNames), { minLength: 1 }),
      rounds: fc.integer({ min: 1, max: 400 }),
      timeSeconds: fc.double({ min: 1, max: 1e5, noNaN: true }),
      precision: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
      blocks: fc.integer({ min: 1, max: 100 }),
      seed: fc.integer({ min: 0, max: 0xffff_ffff }),
      sliceSeconds: fc.double({ min: 0, max: 60, noNaN: true, minExcluded: true }),
      turnSeconds: fc.double({ min: 0, max: 60, noNaN: true }),
      rampSeconds: fc.double({ min: 0, max: 60, noNaN: true }),
      warmupSeconds: fc.double({ min: 0, max: 60, noNaN: true }),
      rates: fc.oneof(
        fc.constant('auto'),
        fc.double({ min: 0, max: 1e7, noNaN: true, minExcluded: true }),
        fc.dictionary(fc.constantFrom(...ownServers), fc.integer({ min: 1, max: 1e6 }), {
          maxKeys: 2,
          noNullPrototype: true,
        }),
      ),
      pacedRate: fc.oneof(
        fc.double({ min: 1, max: 99, noNaN: true }).map((it) => `${Number(it.toFixed(3))}%`),
        fc.double({ min: 1, max: 1e7, noNaN: true }),
        fc.dictionary(fc.constantFrom(...ownServers), fc.integer({ min: 1, max: 1e6 }), {
          maxKeys: 2,
          noNullPrototype: true,
        }),
      ),
      arrivals: fc.constantFrom(...planOptions.arrivals.reads.words),
      quantile: fc.constantFrom(...planOptions.quantile.reads.words),
      bodyBytes: fc.integer({ min: 1, max: 2 ** 30 }),
      confidence: fc.double({ min: 0.5, max: 0.99999, noNaN: true, minExcluded: true }),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Options>;
}

test('every plan passes its schema, and its command gives the same plan wherever it is run', () => {
  const settings: fc.Arbitrary<Options> = fc.constantFrom(
    {},
    { userlandProxy: true },
    { userlandProxy: false },
    { exchangeCpus: false },
    { probes: true },
    { sweep: true, sweepConnections: 40, profiles: ['latency' as const] },
  );
  fc.assert(
    fc.property(options, settings, anyOptions(), (choice, setting, elsewhere) => {
      const resolved = plan({ config: { ...choice, ...setting } });
      expect(planSchema.parse(resolved)).toEqual(resolved);

      expect(repeated(resolved, elsewhere)).toEqual(resolved);
    }),
    { numRuns: 200 },
  );
});

/** The plan of a plan's command, where there is another config. */
function repeated(resolved: Plan, config: Options): Plan {
  const words = planCommand(resolved).split(' ');
  expect(words.slice(0, 2)).toEqual(['bench', 'run']);
  const flags: Record<string, string> = {};
  for (let index = 2; index < words.length; index += 2) {
    const attribute = words[index]?.replace(/^--/, '').replace(/-(.)/g, (_, each) => each.toUpperCase());
    flags[attribute ?? ''] = words[index + 1] ?? '';
  }
  return resolvePlan({ flags, env: {}, config }, () => 0.1);
}

test.each(planNames)('the command of the plan %s gives the same plan, with its name', (name) => {
  const beside: readonly Options[] = [{}, { rounds: 9 }, { probes: false }, { sharedPort: false }];
  for (const options of beside) {
    const resolved = plan({ config: { ...options, plan: name }, flags: { seed: '3', ...options } });
    expect(resolved.name).toBe(name);
    expect(planCommand(resolved)).toContain(`bench run --plan ${name} `);
    expect(repeated(resolved, { modes: ['mapped'], sharedPort: false, rounds: 4 })).toEqual(resolved);
  }
});

test("the name of a user's plan is recorded, and its command has its options: no config is needed", () => {
  const plans = { mine: { servers: ['nginx' as const], rounds: 9 } };
  const resolved = plan({ config: { plans, plan: 'mine' } });
  expect(resolved.name).toBe('mine');
  expect(planCommand(resolved)).not.toContain('mine');
  expect({ ...repeated(resolved, {}), name: 'mine' }).toEqual(resolved);
  expect(plan({})).not.toHaveProperty('name');
  // Another path than the plan's: it is not what was measured.
  expect(plan({ flags: { path: 'bridge/host/container' }, config: { plan: 'paths' } })).not.toHaveProperty(
    'name',
  );
});

test("the length of answers is for bench's own servers: a service's command has none, and it is told", () => {
  const notes: string[] = [];
  const note = ({ message }: Warning) => void notes.push(message);
  const service = { image: 'app', port: 80 };
  const resolved = plan({ config: { ...service, bodyBytes: 5 }, note });
  expect(notes).toEqual(["the config: bodyBytes is for bench's own servers: app answers as it does"]);
  expect(resolved.bodyBytes).toBe(planDefaults.bodyBytes);
  expect(planCommand(resolved)).not.toContain('--body-bytes');
  expect(repeated(resolved, { bodyBytes: 5 })).toEqual(resolved);
});

test('the command of the default plan is one that a person would type', () => {
  expect(planCommand(plan({ flags: { seed: '7' } }))).toBe(
    'bench run --server nginx,apache --mode host,bridge,mapped --profile latency,steady,throughput ' +
      `--rounds ${planDefaults.rounds} --blocks ${planDefaults.blocks} ` +
      `--slice-seconds ${planDefaults.sliceSeconds} --turn-seconds ${planDefaults.turnSeconds} ` +
      `--exchange-cpus true --ramp-seconds ${planDefaults.rampSeconds} ` +
      `--warmup-seconds ${planDefaults.warmupSeconds} --rate auto --body-bytes ${planDefaults.bodyBytes} --confidence 0.95 --seed 7`,
  );
});

test('a rate stands in the command as it was asked for, or as the run has found it', () => {
  const found = plan({ flags: { seed: '7' } });
  expect(planCommand(found)).toContain(' --rate auto ');
  const command = planCommand(found, { rates: { nginx: 12_000, apache: 8_300 } });
  expect(command).toContain(' --warmup-seconds 1 --rate nginx=12000,apache=8300 --body-bytes ');
  const asked = plan({ flags: { seed: '7', rate: '12000' } });
  expect(planCommand(asked)).toContain(' --rate nginx=12000,apache=12000 ');
  expect(planCommand(plan({ flags: { profile: 'latency' } }))).not.toContain('--rate');
  // What the run has noted includes what was asked for.
  expect(planCommand(asked, { rates: { nginx: 12_000, apache: 12_000 } })).toBe(planCommand(asked));
});

test('the rate that a run of the paced profile found is in its command, with its arrivals and its quantile', () => {
  const found = plan({
    flags: { profile: 'paced', server: 'nginx', quantile: 'p99.9', arrivals: 'uniform' },
  });
  expect(planCommand(found)).toContain(' --paced-rate 50% --arrivals uniform --quantile p99.9 ');
  expect(planCommand(found, { pacedRates: { nginx: 9_800 } })).toContain(' --paced-rate nginx=9800 ');
  expect(planCommand(found)).not.toContain('--rate ');
  expect(planCommand(plan({}))).not.toMatch(/--(paced-rate|arrivals|quantile) /);
});
