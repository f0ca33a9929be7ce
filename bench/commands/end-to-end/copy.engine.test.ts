import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type TestEngine, testEngine } from '../../../runtime/test-engine.fixture.ts';
import { summarySchema } from '../../model/summary.ts';
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

test("copies of a user's container are measured in both modes, and the container itself stays as it is", async () => {
  const { engine, image } = lab;
  const served = "(_, answer) => answer.end('' + process.env.SECRET.length)";
  const users = await engine.create({
    name: 'users-web',
    image,
    command: [
      '/opt/bench/bin/node.sh',
      '-e',
      `require('http').createServer(${served}).listen(+process.env.PORT)`,
    ],
    environment: { PORT: '8000', SECRET: 'hush-hush' },
    labels: {},
    attachment: { kind: 'bridge' },
    publish: [{ containerPort: 8000, hostPort: 8000, hostAddresses: ['127.0.0.1'] }],
  });
  onTestFinished(() => engine.remove(users.id));
  await users.start();
  const before = await engine.inspect(users.id);
  const temporary = await temporaryDirectory();
  onTestFinished(() => temporary[Symbol.asyncDispose]());

  const argv = [
    'run',
    '--json',
    '--container',
    'users-web',
    '--copy',
    '--port-env',
    'PORT',
    '--mode',
    'bridge',
  ];
  const short = [
    '--profile',
    'latency',
    '--rounds',
    '1',
    '--blocks',
    '1',
    '--slice-seconds',
    '0.1',
    '--seed',
    '5',
  ];
  const env = { DOCKER_HOST: engine.about.address };
  const ended = await startBench([...argv, ...short], temporary.path, env).ended;
  await expectMeasured(ended, temporary.path);
  const summary = printed(summarySchema, ended.stdout);
  expect(summary.evidence).toEqual({ consistent: 3, contradicted: 0, unread: 0 });
  expect(ended.stderr).toContain('copies of the container users-web, which itself gets no load');
  const record = await readFile(join(await onlyRun(temporary.path), 'run.json'), 'utf8');
  expect(record).not.toContain('hush-hush');
  expect(await engine.inspect(users.id)).toEqual(before);
});
