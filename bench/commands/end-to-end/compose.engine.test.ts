import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { runLabel } from '../../../runtime/labels.ts';
import { foundOn } from '../../../runtime/leftovers.ts';
import { type TestEngine, testEngine } from '../../../runtime/test-engine.fixture.ts';
import { summarySchema } from '../../model/summary.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import { printed } from '../printed.fixture.ts';
import { eventually, onlyRun, startBench, temporaryDirectory } from './bench-process.fixture.ts';
import { expectMeasured } from './measured.fixture.ts';
import { serviceImage } from './service-images.fixture.ts';

/*
 * An app with its database, from a Compose file, on a real engine with the machine's own Compose: in host mode and on the
 * bridge the app asks the same PostgreSQL by its name.
 */

let lab: TestEngine;
let file: string;

beforeAll(async () => {
  lab = await testEngine();
  const app = await serviceImage(lab.engine, 'database-app');
  const postgres = await serviceImage(lab.engine, 'postgres');
  file = `
services:
  app:
    image: ${app}
    environment:
      DATABASE_URL: postgres://postgres:pa$$word@db:5432/postgres
    ports: ["8000:8000"]
    depends_on:
      db: { condition: service_healthy }
  db:
    image: ${postgres}
    environment:
      POSTGRES_PASSWORD: pa$$word
    volumes: ["data:/var/lib/postgresql/data"]
    ports: ["5432:5432"]
    healthcheck:
      test: ["CMD", "pg_isready", "--host", "127.0.0.1"]
      interval: 1s
      timeout: 5s
      retries: 60
volumes:
  data: {}
`;
});

afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
});

async function directory(): Promise<string> {
  const temporary = await temporaryDirectory();
  onTestFinished(() => temporary[Symbol.asyncDispose]());
  await writeFile(join(temporary.path, 'compose.yaml'), file);
  return temporary.path;
}

const compose = ['--compose', 'compose.yaml', '--service', 'app', '--port-env', 'PORT'];
const short = ['--profile', 'latency', '--blocks', '1', '--slice-seconds', '0.1', '--seed', '5'];

/** What a run made on the engine and did not remove. */
async function left(): Promise<readonly string[]> {
  const volumes = await lab.engine.volumes(runLabel);
  return [...(await foundOn(lab.engine)).map(({ name }) => name), ...volumes.map(({ name }) => name)];
}

test('an app is measured in host mode and on the bridge with one database, which goes with the run', async () => {
  const here = await directory();
  const ended = await startBench(['run', '--json', ...compose, ...short, '--rounds', '1'], here).ended;
  await expectMeasured(ended, here);
  const summary = printed(summarySchema, ended.stdout);
  expect(summary.state).toBe('complete');
  expect(summary.evidence).toEqual({ consistent: 3, contradicted: 0, unread: 0 });
  const folder = await onlyRun(here);
  const { slices } = await readRunFolder(folder);
  const paths = ['host/external', 'user-bridge/external/published'];
  expect([...new Set(slices.map(({ path }) => path))].sort()).toEqual(paths);
  expect(ended.stderr).toContain('volumes of the run, empty at its start: data');
  expect(await readFile(join(folder, 'run.json'), 'utf8')).not.toContain('pa$word');
  expect(await left()).toEqual([]);
});

test('what a killed run leaves of the other services, bench clean finds and removes', async () => {
  const here = await directory();
  const running = startBench(['run', ...compose, ...short, '--rounds', '9'], here);
  const hasStarted = async () => (await left()).some((name) => name.endsWith('with-ready'));
  await eventually(hasStarted, () => {
    throw new Error(`Compose has started nothing: ${running.said()}`);
  });
  running.kill('SIGKILL');
  await running.ended;
  const found = (await left()).map((name) => name.replace(/bench-\w{4}-/, ''));
  expect(found).toEqual(
    expect.arrayContaining(['with-db', 'with-ready', 'volume data', 'network user-bridge']),
  );
  const cleaned = await startBench(['clean'], here).ended;
  expect(cleaned.exitCode, cleaned.stderr).toBe(0);
  expect(await left()).toEqual([]);
});
