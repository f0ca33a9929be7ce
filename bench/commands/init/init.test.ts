import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cli } from '../../cli.ts';
import { tellingOutside } from '../../outside.fixture.ts';
import { parseConfig } from '../../plan/config-file.ts';
import { type PlanOption, planDefaults, planOptionKeys, planOptions } from '../../plan/options.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bench-init-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function init(...argv: readonly string[]) {
  const { outside, told } = tellingOutside({ directory });
  const exitCode = await cli(['init', ...argv], outside);
  return { exitCode, ...told };
}

const written = () => readFile(join(directory, 'bench.config.yaml'), 'utf8');

test('a config that sets nothing is written, with the schema for editors', async () => {
  const { exitCode, stdout } = await init();
  expect(exitCode).toBe(0);
  expect(stdout).toContain(join(directory, 'bench.config.yaml'));
  const text = await written();
  expect(parseConfig('bench.config.yaml', text)).toEqual({});
  const [, schema = ''] = /^# yaml-language-server: \$schema=(.*)\n/.exec(text) ?? [];
  expect(existsSync(resolve(directory, schema))).toBe(true);
  expect(
    Math.max(
      ...text
        .split('\n')
        .slice(1)
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(110);
});

test('each line that loses its # is an option, with the default that it has without', async () => {
  await init();
  const lines = (await written()).split('\n').filter((line) => /^# [a-z-]+: \S/.test(line));
  const defaults: Readonly<Record<string, unknown>> = planDefaults;
  for (const key of planOptionKeys) {
    const { flag }: PlanOption = planOptions[key];
    const line = lines.find((it) => it.startsWith(`# ${flag}: `));
    const config: Readonly<Record<string, unknown>> = parseConfig('bench.config.yaml', line?.slice(2) ?? '');
    expect(config, flag).toHaveProperty(key);
    if (key in defaults) expect(config[key], flag).toEqual(defaults[key]);
  }
});

test('the plan at its end is one without the #', async () => {
  await init();
  const text = await written();
  const plans = text
    .slice(text.indexOf('\n# plans:'))
    .split('\n')
    .map((line) => line.replace(/^# /, ''));
  const { plans: { checkout } = {} } = parseConfig('bench.config.yaml', plans.join('\n'));
  expect(checkout).toMatchObject({ servers: ['nginx'], rounds: 20, margins: { latency_p50_us: 0.05 } });
});

test('the gate in it is one without the #', async () => {
  await init();
  const text = await written();
  const gate = text
    .slice(text.indexOf('\n# gate:'), text.indexOf('\n## Plans'))
    .split('\n')
    .map((line) => line.replace(/^# /, ''));
  expect(parseConfig('bench.config.yaml', gate.join('\n'))).toMatchObject({
    gate: { assertions: [{ limits: [{ value: 0.4 }, { value: 0.1 }] }], accepted: [{ by: 'Anna' }] },
  });
});

test.each(['bench.config.yaml', 'bench.config.json'])('a %s that is there is kept', async (name) => {
  await writeFile(join(directory, name), '{"rounds": 7}');
  const { exitCode, stderr } = await init();
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`there is a config already: ${join(directory, name)}`);
  expect(await readdir(directory)).toEqual([name]);
  expect(await readFile(join(directory, name), 'utf8')).toBe('{"rounds": 7}');
});

test('a link that leads nowhere is a config too', async () => {
  await symlink('/nonexistent', join(directory, 'bench.config.yaml'));
  expect((await init()).exitCode).toBe(2);
});

test('with --json the path is one document', async () => {
  expect(JSON.parse((await init('--json')).stdout)).toEqual({ path: join(directory, 'bench.config.yaml') });
});
