import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { tellingOutside } from '../../outside.fixture.ts';
import { plan } from '../../plan/planned.fixture.ts';
import { plannedAgain } from './planned.ts';

const measured = {
  ...plan({ flags: { image: 'my/app', port: '80', header: ['Authorization'], profile: ['bulk'] } }),
  name: 'mine',
};

async function again(config: string, env: Record<string, string> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'bench-again-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'bench.config.yaml'), config);
  return plannedAgain(measured, {}, tellingOutside({ directory, env }).outside);
}

test.each([
  ['the config', "headers: ['Authorization: a secret']", {}],
  ["a user's plan", "plans: { mine: { headers: ['Authorization: a secret'] } }", {}],
  ['a BENCH variable', '{}', { BENCH_HEADER: 'Authorization: a secret' }],
  ['the variable of its name', '{}', { AUTHORIZATION: 'a secret' }],
])('a secret header has its value from %s, as in the run before', async (_, config, env) => {
  expect((await again(config, env)).secretHeaders).toEqual({ Authorization: 'a secret' });
});

test('a secret header without a value is an error of usage that names its variable', async () => {
  await expect(again('{}')).rejects.toThrow(
    '--header Authorization: the variable AUTHORIZATION has no value',
  );
});

test('options of today that do not suit the plan are no error: the plan is as it was', async () => {
  const config = "sweep: on\nheaders: ['Authorization: a secret']\n";
  await expect(again(config, { BENCH_PROFILE: 'bulk' })).resolves.toMatchObject({ guard: true });
});
