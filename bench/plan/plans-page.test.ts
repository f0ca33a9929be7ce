import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Failure } from '../model/failure.ts';
import { formatDuration } from '../model/format.ts';
import { declaredComparisons } from '../model/plan.ts';
import { parseConfig } from './config-file.ts';
import { planDuration } from './plan-duration.ts';
import { ownPlans, planNames } from './plan-names.ts';
import { plan } from './planned.fixture.ts';

/* The page of plans is made of the table of plans: `npm run golden` renews it. */

const example = `rounds: 12

plans:
  checkout:
    server: [nginx]
    path: [bridge/external/published, bridge/host/loopback]
    profile: [latency, throughput]
    margin: { latency_p50_us: 5%, throughput_rps: 3% }
  nightly-checkout:
    server: [nginx]
    mode: [host, bridge, mapped]
    rounds: 60`;

test('the page of plans is what the table of plans says', async () => {
  const rows = planNames.map((name) => {
    const { question, says } = ownPlans[name];
    const named = plan({ flags: { plan: name } });
    const { totalSeconds, rounds } = planDuration(named);
    const minutes =
      totalSeconds < 60 ? 'under a minute' : `${formatDuration(Math.round(totalSeconds / 60) * 60, 0)}`;
    return `| \`${name}\` | ${question} | ${says} | ${declaredComparisons(named)} | ${rounds} | ${minutes} |`;
  });
  const page = [
    '# Plans',
    '',
    'A plan is a set of options with a name. `bench run --plan quick` measures by it, and `bench plan --plan quick` shows what it',
    'stands for and how long it takes.',
    '',
    '| plan | the question | what it measures | main results | rounds | about |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
    'The times are for two CPUs. The first run of a machine takes longer, because it makes an image.',
    '',
    '## What comes before what',
    '',
    'Each option is decided for itself, by the first of these that gives it:',
    '',
    '1. its flag, such as `--rounds 20`;',
    '2. its variable, such as `BENCH_ROUNDS=20`;',
    '3. the plan;',
    '4. the rest of the config;',
    '5. the default.',
    '',
    '`bench plan --verbose` lists each value with its source. `waterfall`, `paths` and `two-addresses` are sets of paths: they take',
    'no `--mode` and no `--path` beside them. Rounds, time and precision count as one option: `--rounds 8` is 8 rounds, whatever',
    'time the plan asks for.',
    '',
    '## Write your own',
    '',
    'Plans stand in `bench.config.yaml` (or `.json`) under `plans`. A plan may have [every option](options.md) but `plan`. What it',
    'does not give is as in the rest of the config. `bench init` writes a config with an example.',
    '',
    '```yaml',
    example,
    '```',
    '',
    '`bench run --plan checkout` runs 12 rounds of it. With `plan: checkout` in the config, or `BENCH_PLAN=checkout`, a plain',
    '`bench run` does the same, and `bench run --plan default` measures without it.',
    '',
    '`margin` is the relevance margin: a change that is smaller does not matter to you, and a result is called equal where its',
    'interval lies within the margin. It is part of the plan, because it has to be named before the run.',
    '',
    'A mistake is reported with its line and column, and with what was probably meant:',
    '',
    ...mistake(),
    '',
  ].join('\n');
  await expect(page).toMatchFileSnapshot(join(import.meta.dirname, '..', 'docs', 'plans.md'));
});

test('its example is a config, and does what the page says', () => {
  const config = parseConfig('bench.config.yaml', example);
  expect(plan({ flags: { plan: 'checkout' }, config })).toMatchObject({
    rounds: 12,
    comparisons: [{ baseline: 'host/external' }, { baseline: 'host/host' }],
    margins: { latency_p50_us: 0.05, throughput_rps: 0.03 },
  });
  expect(plan({ env: { BENCH_PLAN: 'nightly-checkout' }, config })).toMatchObject({ rounds: 60 });
});

/** What bench says to the example with a mistake in it. */
function mistake(): readonly string[] {
  try {
    parseConfig('bench.config.yaml', example.replace('[latency', '[latencies'));
  } catch (error) {
    if (error instanceof Failure) return [`    bench: ${error.message}`, `      ${error.hint}`];
  }
  throw new Error('nothing was wrong');
}

test('no plan takes longer than its line says', () => {
  expect(planDuration(plan({ flags: { plan: 'quick' } })).totalSeconds).toBeLessThanOrEqual(60);
  expect(planDuration(plan({ flags: { plan: 'nightly' } })).totalSeconds).toBeLessThanOrEqual(2400);
});
