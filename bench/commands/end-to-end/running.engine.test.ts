import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type TestEngine, testEngine } from '../../../runtime/test-engine.fixture.ts';
import { summarySchema } from '../../model/summary.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import { printed } from '../printed.fixture.ts';
import { onlyRun, startBench, temporaryDirectory } from './bench-process.fixture.ts';
import { expectMeasured } from './measured.fixture.ts';

let lab: TestEngine;

beforeAll(async () => {
  lab = await testEngine();
});

afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
});

test("a user's running container gets the announced requests and nothing else, and stays as it is", async () => {
  const { engine, image } = lab;
  const served = "(_, answer) => { console.log('asked'); answer.end('users'); }";
  const users = await engine.create({
    name: 'users-running',
    image,
    command: ['/opt/bench/bin/node.sh', '-e', `require('http').createServer(${served}).listen(8000)`],
    labels: {},
    attachment: { kind: 'bridge' },
    publish: [{ containerPort: 8000, hostPort: 8010, hostAddresses: ['0.0.0.0'] }],
  });
  onTestFinished(() => engine.remove(users.id));
  await users.start();
  const before = [await inspected(users.id), await cgroupSettings(users.id)];
  const temporary = await temporaryDirectory();
  onTestFinished(() => temporary[Symbol.asyncDispose]());

  const argv = ['run', '--json', '--container', 'users-running', '--rate', '200', '--rounds', '1'];
  const short = ['--blocks', '2', '--slice-seconds', '0.1', '--seed', '5'];
  const env = { DOCKER_HOST: engine.about.address };
  const ended = await startBench([...argv, ...short], temporary.path, env).ended;
  await expectMeasured(ended, temporary.path);

  // 5 cases × 2 blocks × (0.2 s + a ramp of 0.2 s) × 200/s, and 2 checks of each case and before the round.
  expect(ended.stderr).toContain('it gets 200 requests/s for 4 s of load: 800 requests in all');
  expect(ended.stderr).toContain('and 12 single requests, one after the other, that check its paths');
  const asked = (await engine.lastLines(users.id, 10_000)).split('\n').filter((it) => it === 'asked').length;
  const { slices } = await readRunFolder(await onlyRun(temporary.path));
  const offered = slices.reduce(
    (sum, it) => sum + (it.status === 'failed' ? 0 : 200 * (it.rampSeconds + it.wallSeconds)),
    0,
  );
  // The first request of a ramp and of a window may fall due at their very ends.
  expect(Math.abs(asked - 12 - offered)).toBeLessThan(2 * slices.length);

  const { evidence, overheads, cases } = printed(summarySchema, ended.stdout);
  expect(evidence).toEqual({ consistent: 5, contradicted: 0, unread: 0 });
  expect(new Set(overheads.map(({ path, baseline }) => `${path} against ${baseline}`))).toEqual(
    new Set(['bridge/host/published against bridge/host/container']),
  );
  expect(new Set(cases.map(({ path }) => path))).toEqual(
    new Set(['bridge/host/container', 'bridge/host/published', 'bridge/external/published']),
  );
  expect([await inspected(users.id), await cgroupSettings(users.id)]).toEqual(before);
});

/** All that the engine says about a container, its state and the count of its restarts included. */
async function inspected(id: string): Promise<unknown> {
  const socketPath = lab.engine.about.address.replace('unix://', '');
  const answer = await new Promise<string>((resolve, reject) => {
    request({ socketPath, path: `/containers/${id}/json` }, (it) => text(it).then(resolve, reject))
      .on('error', reject)
      .end();
  });
  const state: unknown = JSON.parse(answer);
  expect(state).toMatchObject({ Id: id, RestartCount: 0, State: { Running: true } });
  return state;
}

/** The limits in a container's cgroups: which CPUs, how much of them, how much memory. */
async function cgroupSettings(id: string): Promise<readonly string[]> {
  const root = '/sys/fs/cgroup';
  const settings =
    /^(cpuset\.(cpus|mems)|cpu\.(max|weight|shares|cfs_quota_us)|memory\.(max|limit_in_bytes)|pids\.max)$/;
  const files = await readdir(root, { recursive: true, withFileTypes: true });
  const own = files.filter((it) => it.parentPath.includes(id) && settings.test(it.name));
  expect(own.length).toBeGreaterThan(0);
  return Promise.all(
    own.map(
      async ({ parentPath, name }) =>
        `${parentPath} ${name} ${await readFile(join(parentPath, name), 'utf8')}`,
    ),
  );
}
