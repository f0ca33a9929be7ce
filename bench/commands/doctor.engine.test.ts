import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type TestEngine, testEngine } from '../../runtime/test-engine.fixture.ts';
import { eventually, startBench, temporaryDirectory } from './bench-process.fixture.ts';
import { doctorDocumentSchema } from './documents.ts';
import { type HostSeen, hostSeen } from './host-state.fixture.ts';

let lab: TestEngine;
let before: HostSeen;

beforeAll(async () => {
  lab = await testEngine();
  before = await hostSeen(lab.engine);
});

afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
});

test('doctor looks at every point of the machine and its engine, and leaves nothing behind', async () => {
  const directory = await temporaryDirectory();
  onTestFinished(() => directory[Symbol.asyncDispose]());
  const { exitCode, stdout } = await startBench(['doctor', '--json'], directory.path).ended;
  expect(exitCode).toBe(0);
  const { findings } = doctorDocumentSchema.parse(JSON.parse(stdout));
  expect(findings.map(({ subject }) => subject)).toEqual(
    expect.arrayContaining([
      'engine',
      'cgroup',
      'lab image',
      'other containers',
      'CPUs',
      'busy CPUs',
      'steal',
      'CPU governor',
      'turbo',
      'conntrack',
      'ephemeral ports',
      'MTU',
      'firewall',
      'published ports',
    ]),
  );
  for (const { level, hint } of findings) if (level !== 'ok') expect(hint).toMatch(/\w/);
  expect(findings.find(({ subject }) => subject === 'lab image')?.message).toBe(lab.image);
  const asBefore = JSON.stringify(before);
  await eventually(
    async () => JSON.stringify(await hostSeen(lab.engine)) === asBefore,
    async () => expect(await hostSeen(lab.engine)).toEqual(before),
  );
});
