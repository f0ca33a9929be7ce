import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { recordOf } from '../../../reports/across/recorded-runs.fixture.ts';
import { usualEffect } from '../../../reports/synthetic-run.fixture.ts';
import { cli } from '../../cli.ts';
import { systemClock } from '../../model/clock.ts';
import { toDataKeys } from '../../model/data-keys.ts';
import { gateResultSchema } from '../../model/gate.ts';
import { runSchema } from '../../model/run.ts';
import type { RunRecord } from '../../model/run-record.ts';
import { summarySchema } from '../../model/summary.ts';
import { tellingOutside } from '../../outside.fixture.ts';
import { printed } from '../printed.fixture.ts';

/*
 * Three runs of one plan with a known truth: in the third the latency in bridge mode is a tenth higher, and its kernel is
 * another.
 */
const slowed = { ...usualEffect, latency: usualEffect.latency * 1.1 };
const options = { servers: ['nginx'], profiles: ['latency', 'steady'] } as const;
const nights = [
  recordOf(20, options),
  recordOf(21, options),
  recordOf(22, {
    ...options,
    effects: { 'bridge/external/published': slowed },
    environment: { kernel: '6.1.0-41-amd64' },
  }),
] as const;
const [one, two, three] = [nights[0].run.runId, nights[1].run.runId, nights[2].run.runId];

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bench-gate-'));
  for (const record of nights) await writeRun(join(directory, 'results', record.run.runId), record);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const runKeys = toDataKeys(runSchema);
const summaryKeys = toDataKeys(summarySchema);

/** A run folder as it is after its slices were pruned. */
async function writeRun(folder: string, { run, summary }: RunRecord): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'run.json'), JSON.stringify(runKeys(run)));
  await writeFile(join(folder, 'summary.json'), JSON.stringify(summaryKeys(summary)));
}

/** A night whose figures are those of the third run. */
async function addSlowedNight(id: string): Promise<void> {
  const { folder, run, summary } = nights[2];
  await writeRun(join(directory, 'results', id), {
    folder,
    run: { ...run, runId: id },
    summary: { ...summary, runId: id },
  });
}

/** After all of these nights. */
const clock = { ...systemClock, now: () => new Date('2027-03-01T00:00:00Z') };

const config = (text: string) => writeFile(join(directory, 'bench.config.yaml'), text);

async function gate(...argv: readonly string[]) {
  // No engine answers here.
  const env = { DOCKER_HOST: `unix://${join(directory, 'no.sock')}` };
  const { outside, told } = tellingOutside({ directory, env, clock });
  const exitCode = await cli(['gate', ...argv], outside);
  return { exitCode, ...told };
}

const quiet = `gate:
  - metric: latency_p50_us
    path: '*/external/*'
    maxOverhead: 35%
    maxRegression: 5%
`;

test('a run that keeps everything is one line, and exits with 0', async () => {
  await config(quiet);
  expect(await gate(two)).toEqual({
    exitCode: 0,
    stdout: `gate passed, exit 0: 4 of 4 checks hold (run ${two})\n`,
    stderr: '',
  });
});

test('without a run it is the latest; a regression exits with 10 and names metric, path and both intervals', async () => {
  await config(quiet);
  const { exitCode, stdout, stderr } = await gate();
  expect(exitCode).toBe(10);
  expect(stdout).toBe(
    'failed: latency_p50_us bridge/external/published (nginx, latency): overhead +32 % [+30, +33] against +19.0 % [+17.7, ' +
      `+20.3] in 2 earlier runs, the newest ${two}: changed by +11 % [+9, +13], limit +5 %\n` +
      `gate failed, exit 10: 3 of 4 checks hold, 1 failed (run ${three})\n`,
  );
  expect(stderr).toContain(
    `warning: run ${two} was measured in another environment: kernel 6.1.0-40-amd64, now 6.1.0-41-amd64`,
  );
});

test('--against takes one run, by the end of its id, or as a file of a folder anywhere', async () => {
  await config(quiet);
  const byId = await gate('--against', 'run0', '--json');
  expect(printed(gateResultSchema, byId.stdout).against).toEqual([one]);
  await writeRun(join(directory, 'baseline'), nights[0]);
  const byFile = await gate('--against', 'baseline/summary.json', '--json');
  expect(byFile.stdout).toBe(byId.stdout);
  const { exitCode, stderr } = await gate(two, '--against', two);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`--against ${two}: run ${two} cannot be compared with itself`);
});

test('a regression fails on every night until it is mended or accepted, however many there are', async () => {
  await config(quiet);
  for (let night = 1; night <= 62; night++) {
    await addSlowedNight(`202612${String(night).padStart(2, '0')}T020000Z-run4`);
  }
  const { exitCode, stdout } = await gate('--json');
  const { checks } = printed(gateResultSchema, stdout);
  expect(exitCode).toBe(10);
  expect(checks.find(({ outcome }) => outcome === 'failed')?.reference?.runs).toEqual([one, two]);
});

const step = (from: string) => `${quiet}accepted:
  - metric: latency_p50_us
    path: bridge/*
    from: ${from}
    reason: the new kernel
    by: Anna
`;

test('an accepted run that is not there is an error of usage that names it', async () => {
  const from = '20261121T090000Z-gone';
  await config(step(from));
  for (const argv of [[], ['--against', one]]) {
    const { exitCode, stdout, stderr } = await gate(...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(
      `bench: bench.config.yaml:7:5: the accepted run ${from} is not among the earlier runs\n`,
    );
  }
  // The run before it is judged as ever.
  expect((await gate(two)).exitCode).toBe(0);
});

test('an accepted step moves the reference; against a run before it, the accepted run is taken', async () => {
  await config(step(three));
  const first = await gate('--all');
  expect(first.exitCode).toBe(0);
  expect(first.stdout).toContain('overhead +32 % [+30, +33], accepted by Anna: the new kernel\n');
  // A later night, like the accepted one.
  await addSlowedNight('20261123T020000Z-run4');
  for (const argv of [[], ['--against', one]]) {
    const { exitCode, stdout } = await gate(...argv, '--json');
    const { checks } = printed(gateResultSchema, stdout);
    const ofBridge = checks.find((it) => it.path.startsWith('bridge') && it.kind === 'maxRegression');
    expect(exitCode).toBe(0);
    expect(ofBridge).toMatchObject({
      outcome: 'passed',
      reference: { runs: [three] },
      accepted: { by: 'Anna' },
    });
  }
  await config(quiet);
  expect((await gate()).exitCode).toBe(10);
});

test('what is open has a line of its own and exits with 0, with --strict with 11', async () => {
  await config(quiet);
  const usual = await gate(one);
  expect(usual.exitCode).toBe(0);
  expect(usual.stdout).toContain(
    'open: latency_p50_us bridge/external/published (nginx, latency): overhead ',
  );
  expect(usual.stdout).toContain(': there is no earlier run\n');
  expect(usual.stdout).toMatch(/gate open, exit 0: 2 of 4 checks hold, 2 open \(run \S+\)\n$/);
  const strict = await gate(one, '--strict');
  expect(strict.exitCode).toBe(11);
  expect(strict.stdout).toMatch(/gate open, exit 11: /);
});

test('at level warn a failure is a line, and exits with 0; at level off it is nothing', async () => {
  await config(`${quiet}    level: warn\n`);
  const warned = await gate();
  expect(warned.exitCode).toBe(0);
  expect(warned.stdout).toMatch(/^warning: latency_p50_us bridge/);
  await config(`${quiet}    level: off\n`);
  expect((await gate()).stdout).toBe(
    `gate passed, exit 0: nothing is checked: each assertion is off (run ${three})\n`,
  );
});

test('with --json, the document is what stands on stdout, and its exit code is that of the command', async () => {
  await config(quiet);
  for (const argv of [[], [two], [one, '--strict']]) {
    const { exitCode, stdout } = await gate(...argv, '--json');
    const result = printed(gateResultSchema, stdout);
    expect(result.exitCode).toBe(exitCode);
    expect(result.verdict).toContain(`exit ${exitCode}:`);
  }
});

test('an assertion that matches nothing exits with 2, at its line, with the nearest name', async () => {
  await config(quiet.replace('*/external/*', 'user-bridge/external/published'));
  const { exitCode, stdout, stderr } = await gate();
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(
    `bench: bench.config.yaml:2:5: run ${three} compares no path "user-bridge/external/published"\n  did you mean "bridge/external/published"?`,
  );
});

test('at the first run, a limit that is tighter than its interval exits with 2, with the rounds that it takes', async () => {
  await config(quiet.replace('maxRegression: 5%', 'maxRegression: 0.4%'));
  const { exitCode, stderr } = await gate(one);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(
    /maxRegression of latency_p50_us .* 0\.4 % is tighter than what can be told: ±2\.\d % with 10 rounds/,
  );
  expect(stderr).toMatch(/It would take about \d+ rounds: bench run --rounds \d+/);
});

test.each([
  ['no config', undefined, /there is no config in /],
  ['a config without a gate', 'rounds: 8\n', /bench\.config\.yaml asserts nothing: it has no gate/],
  [
    'a gate that is wrong',
    'gate:\n  - metric: latency\n',
    /bench\.config\.yaml:2:13: gate\.0\.metric: unknown metric "latency"/,
  ],
])('%s exits with 2', async (_, text, message) => {
  if (text !== undefined) await config(text);
  const { exitCode, stderr } = await gate();
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(message);
});

test('a run from the future is not taken for the latest one: a clock was wrong', async () => {
  await config(quiet);
  const id = '20990101T000000Z-late';
  const startedAt = '2099-01-01T00:00:00.000Z';
  const { folder, run, summary } = nights[1];
  const late = { folder, run: { ...run, runId: id, startedAt }, summary: { ...summary, runId: id } };
  await writeRun(join(directory, 'results', id), late);
  for (const argv of [[], ['latest']]) {
    const { exitCode, stdout, stderr } = await gate(...argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(
      `the newest run, ${id}, began at ${startedAt}, and the clock of this machine says 2027-03-01T00:00:00.000Z\n  Name the run to judge: bench gate RUN.`,
    );
  }
  expect((await gate(three)).exitCode).toBe(10);
});

test('a copy of a run under the name of another one is named and left out', async () => {
  await config(quiet);
  const copy = '20261121T030000Z-copy';
  await writeRun(join(directory, 'results', copy), nights[2]);
  const { exitCode, stderr } = await gate();
  expect(exitCode).toBe(10);
  expect(stderr).toContain(`left out of the history: ${copy}: it holds run ${three}`);
});

test('the latest run is not one whose folder has the name of another', async () => {
  await config(quiet);
  const copy = '20261123T030000Z-copy';
  await writeRun(join(directory, 'results', copy), nights[1]);
  const { exitCode, stdout, stderr } = await gate();
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(
    `${copy}, holds run ${two}, and its name is that of another run\n  Name the run to judge`,
  );
});

test('an accepted step that fits nothing is told, with its line', async () => {
  await config(`${step(three)}    server: ngnix\n`);
  const { exitCode, stderr } = await gate();
  expect(exitCode).toBe(10);
  expect(stderr).toContain(
    `warning: bench.config.yaml:7:5: the accepted step fits no comparison of run ${three}\n  Mend its metric,`,
  );
});

test('a reference that began later is told', async () => {
  await config(quiet);
  const { exitCode, stderr } = await gate(one, '--against', two);
  expect(exitCode).toBe(0);
  expect(stderr).toContain(`warning: run ${two}, with which run ${one} is compared, began later: at `);
});

test('a partial run is judged by what was measured, and says so', async () => {
  await config(quiet);
  const { run } = nights[1];
  const partial = { ...run, state: 'partial', stateReason: 'interrupted in round 7' } as const;
  await writeRun(join(directory, 'results', two), { ...nights[1], run: partial });
  const { exitCode, stderr } = await gate(two);
  expect(exitCode).toBe(0);
  expect(stderr).toContain(`warning: run ${two} is partial: interrupted in round 7\n  The checks rest on`);
});

test('a reason of several lines stays on the line of its check', async () => {
  await config(step(three).replace('the new kernel', '"ok\\ngate passed, exit 0: all is well"'));
  const { stdout } = await gate('--all');
  expect(stdout.match(/^gate /gm)).toHaveLength(1);
});

test.each([
  ['', '--junit names no file: its value is empty', 2],
  ['results', '--junit results: it is a directory, not a file', 2],
  ['nowhere/gate.xml', 'nowhere/gate.xml: a part of the path does not exist', 3],
  ['bench.config.yaml/gate.xml', 'a part of the path is a file, not a directory', 3],
])('--junit %j is refused, and there is no verdict on stdout', async (name, message, code) => {
  await config(quiet);
  const { exitCode, stdout, stderr } = await gate('--junit', name);
  expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).toContain('Name a file in a directory that is there and writable: --junit FILE');
  expect(stderr).not.toMatch(/E[A-Z]{4,}/);
});

test('a report that cannot be written in the end hides no failure', async () => {
  await config(quiet);
  const full = ['--junit', '/dev/full'] as const;
  const why = '--junit: cannot write /dev/full: no space is left on the disk';
  const failing = await gate(three, ...full);
  expect(failing).toMatchObject({ exitCode: 10, stderr: expect.stringContaining(why) });
  expect(failing.stdout).toMatch(/^gate failed, exit 10: /m);
  const passing = await gate(two, ...full);
  expect(passing).toMatchObject({ exitCode: 3, stdout: '', stderr: expect.stringContaining(why) });
});

test('the name of a run that is empty is refused', async () => {
  await config(quiet);
  for (const argv of [[''], [two, '--against', '']]) {
    const { exitCode, stderr } = await gate(...argv);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('the name of a run is empty');
  }
});

test('a run of the history that cannot be read is named and left out', async () => {
  await config(quiet);
  await writeFile(join(directory, 'results', one, 'summary.json'), '{');
  const { exitCode, stdout, stderr } = await gate(two);
  expect(exitCode).toBe(0);
  expect(stderr).toContain(`left out of the history: ${one}: `);
  expect(stdout).toContain('there is no earlier run');
});

test('--junit writes a test for each check beside what is printed', async () => {
  await config(quiet);
  const { exitCode, stdout } = await gate('--junit', 'gate.xml');
  expect(exitCode).toBe(10);
  expect(stdout).toMatch(/^failed: /);
  const xml = await readFile(join(directory, 'gate.xml'), 'utf8');
  expect(xml).toContain('<testsuites tests="4" failures="1"');
});

test('a failure that cannot be measured again stays one, with all that is printed of it', async () => {
  await config(quiet);
  const { exitCode, stdout, stderr } = await gate('--confirm', '--junit', 'gate.xml');
  expect(exitCode).toBe(10);
  expect(stdout).toMatch(/^failed: latency_p50_us bridge.*, limit \+5 %\. It is not confirmed: .*no\.sock/);
  expect(stdout).toMatch(/gate failed, exit 10: 3 of 4 checks hold, 1 failed \(run \S+\)\n$/);
  expect(stderr).toMatch(/^bench: .*no\.sock/m);
  expect(await readFile(join(directory, 'gate.xml'), 'utf8')).toContain('<testsuites tests="4" failures="1"');
});
