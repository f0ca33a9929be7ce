import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runAction } from '../../composite-action.fixture.ts';
import { installationOf } from '../../process-outside.ts';
import { temporaryDirectory } from './bench-process.fixture.ts';

const checkout = installationOf(import.meta.dirname);

/** In the place of `npm ci` and `npm run build`: what they would install and build is in the checkout already. */
const npm = `#!/bin/sh
[ "$1" = run ] || ln -s ${JSON.stringify(join(checkout, 'node_modules'))} ${JSON.stringify(join(checkout, 'dist'))} "$3/"
`;

test('the steps of the action, in a clean clone, measure a run and publish it', async () => {
  const temporary = await temporaryDirectory();
  onTestFinished(() => temporary[Symbol.asyncDispose]());
  const { path: top } = temporary;
  const clone = join(top, 'clone');
  const remote = join(top, 'own', 'er.git');
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', checkout, clone]);
  execFileSync('git', ['init', '--quiet', '--bare', remote]);
  await mkdir(join(top, 'bin'));
  await writeFile(join(top, 'bin', 'npm'), npm);
  await chmod(join(top, 'bin', 'npm'), 0o755);

  const { env } = process;
  const night = runAction({
    action: clone,
    temp: join(top, 'job'),
    directory: top,
    inputs: {
      'run-options': '--server nginx --mode bridge --profile latency --rounds 1 --blocks 4',
      'history-branch': 'nights',
    },
    contexts: {
      ...{ 'github.token': '', 'github.run_id': '1', 'github.run_attempt': '1' },
      ...{ 'github.job': 'a', 'strategy.job-index': '0' },
      ...{ 'github.server_url': top, 'github.repository': 'own/er.git' },
    },
    env: {
      ...{ PATH: `${join(top, 'bin')}:${env['PATH']}`, HOME: top },
      ...(env['DOCKER_HOST'] === undefined ? { BENCH_LAB: '1' } : { DOCKER_HOST: env['DOCKER_HOST'] }),
    },
  });

  expect({ code: night.code, log: night.log }).toMatchObject({ code: 0 });
  const run = night.outputs['run'] ?? '';
  expect(night.summary).toBe(await readFile(join(run, 'summary.md'), 'utf8'));
  const published = execFileSync('git', ['-C', remote, 'ls-tree', '-r', '--name-only', 'nights'], {
    encoding: 'utf8',
  });
  const folder = `results/${run.slice(run.lastIndexOf('/') + 1)}`;
  expect(published.trim().split('\n')).toEqual([`${folder}/run.json`, `${folder}/summary.json`]);
});
