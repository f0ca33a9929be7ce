import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deploymentId } from '../../model/case.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { Slice } from '../../model/slice.ts';
import { summarySchema } from '../../model/summary.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import { printed } from '../printed.fixture.ts';
import { onlyRun } from './bench-process.fixture.ts';
import { expectMeasured } from './measured.fixture.ts';
import { type ServiceImage, serviceImage } from './service-images.fixture.ts';
import { directory, usersMachine } from './users-machine.fixture.ts';

/*
 * Services of users, each in one command and with an image of the usual layout that nothing was done to: bridge
 * against host, every path proven, nothing left behind.
 */

const machine = usersMachine();
const { nothingIsLeft } = machine;

const short = [
  ...['--mode', 'bridge', '--profile', 'latency', '--rounds', '1', '--blocks', '10'],
  ...['--slice-seconds', '0.1', '--seed', '11'],
];

async function runOf(image: ServiceImage, argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const tag = await serviceImage(machine.engine, image);
  const cwd = await directory();
  const ended = await machine.bench(['run', '--json', '--image', tag, ...short, ...argv], cwd, env);
  return { tag, cwd, ended };
}

/** Bridge against host has a figure, both were proven to be what they are, and nothing is left. */
async function expectCompared(image: ServiceImage, argv: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { tag, cwd, ended } = await runOf(image, argv, env);
  await expectMeasured(ended, cwd);
  await nothingIsLeft();
  const summary = printed(summarySchema, ended.stdout);
  expect(summary.evidence).toEqual({ consistent: 3, contradicted: 0, unread: 0 });
  const declared = summary.overheads.filter((it) => it.declared);
  expect(declared.map(({ server, path, metric }) => ({ server, path, metric }))).toEqual([
    { server: image, path: 'bridge/external/published', metric: 'latency_p50_us' },
  ]);
  const folder = await onlyRun(cwd);
  const { run, slices, evidence } = await readRunFolder(folder);
  expect(run.environment.serviceImage).toBe(await machine.engine.imageId(tag));
  const answers = new Map<string, number>();
  for (const slice of slices) {
    if (slice.status === 'failed') throw new Error(slice.error.message);
    answers.set(deploymentId(slice), (answers.get(deploymentId(slice)) ?? 0) + slice.requests);
    expect(slice.faults).toEqual({ errors: 0, timeouts: 0, non2xx: 0, mismatches: 0, lostOnReconnect: 0 });
  }
  expect([...answers.values()].map((count) => count > 0)).toEqual([true, true, true]);
  const surprises = (run.surprises ?? []).map(({ code }) => code);
  return { folder, slices, evidence, surprises, ended };
}

/** Where servers in host mode listened. */
function hostPorts(evidence: readonly Evidence[]): readonly number[] {
  const ports = evidence
    .filter(({ path }) => path === 'host/external')
    .flatMap(({ findings }) => findings.map(({ expected }) => /^port (\d+), owned by/.exec(expected)?.[1]));
  return ports.filter((it) => it !== undefined).map(Number);
}

/** A server ends each connection after so many answers, and is connected to again. */
function expectReconnects(slices: readonly Slice[], requestsEach: number): void {
  const total = (of: (slice: Exclude<Slice, { status: 'failed' }>) => number | undefined) =>
    slices.reduce((sum, slice) => sum + (slice.status === 'failed' ? 0 : (of(slice) ?? 0)), 0);
  const ends = total(({ requests }) => requests) / requestsEach;
  // Each of the three deployments begins with a fresh connection; the answers of ramps are not among `requests`.
  expect(total(({ reconnects }) => reconnects)).toBeGreaterThanOrEqual(Math.floor(ends) - 3);
}

test('official-style nginx: its port is fixed, so its twin runs by itself; it ends a connection after 1,000 requests', async () => {
  const { evidence, slices } = await expectCompared('nginx', ['--port', '80']);
  expect(hostPorts(evidence)).toEqual([80, 80]);
  expectReconnects(slices, 1000);
});

test('official-style httpd: started by a script, and ends a connection after 100 requests', async () => {
  const argv = ['--port', '80', '--request-path', '/index.html'];
  const { evidence, slices, surprises } = await expectCompared('httpd', argv);
  expect(hostPorts(evidence)).toEqual([80, 80]);
  expect(surprises).toEqual(expect.arrayContaining(['service-ends-connections', 'service-logs-requests']));
  expectReconnects(slices, 100);
});

test('a Node app reads its port from PORT, its answers differ in length, and its health check is told beforehand', async () => {
  const argv = [
    '--port',
    '3000',
    '--port-env',
    'PORT',
    '--request-path',
    '/items',
    '--ready-path',
    '/health',
  ];
  const { evidence, surprises, ended } = await expectCompared('node-app', argv);
  expect(new Set(hostPorts(evidence)).size).toBe(2);
  expect(surprises).toContain('service-health-check');
  expect(ended.stderr).toContain('the engine runs it in each container of the service, every 40 s');
});

test('a Python app gets its port from the command', async () => {
  const command = 'uvicorn app:app --host 0.0.0.0 --port {port}';
  const { evidence } = await expectCompared('python-app', ['--port', '8000', '--command', command]);
  expect(new Set(hostPorts(evidence)).size).toBe(2);
});

test('an image with neither a shell nor tools', async () => {
  await expectCompared('no-tools', ['--port', '8080']);
});

test('variables and headers given by their names alone reach the service, and their values are in no file of the run', async () => {
  const secret = `of-a-secret-${process.pid}`;
  const source = join(await directory(), 'app.py');
  await writeFile(source, withSecret);
  const { folder, ended } = await expectCompared(
    'python-app',
    [
      ...['--port', '8000', '--env', 'SECRET', '--env', 'LISTEN={port}', '--mount', `${source}:/app/app.py`],
      ...['--command', 'sh -c "exec uvicorn app:app --host 0.0.0.0 --port $LISTEN"'],
      ...['--expect-status', '200', '--header', `Expected-Length: ${secret.length}`],
      ...['--header', `Authorization: Bearer ${secret}`, '--header', 'X-Api-Key'],
    ],
    { SECRET: secret, X_API_KEY: secret },
  );
  for (const file of await readdir(folder)) {
    expect(await readFile(join(folder, file), 'utf8'), file).not.toContain(secret);
  }
  expect(ended.stdout + ended.stderr).not.toContain(secret);
  expect(await readFile(join(folder, 'run.json'), 'utf8')).toContain('"SECRET"');
});

/** Answers 200 only if the secret has come, and what is mounted cannot be written. */
const withSecret = `
import os


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    sent = {name: value.decode() for name, value in scope["headers"]}
    secret = os.environ.get("SECRET", "")
    wanted = sent[b"expected-length"]
    told = sent.get(b"authorization") == f"Bearer {secret}" and sent.get(b"x-api-key") == secret
    try:
        open("/app/app.py", "a").close()
        writable = True
    except OSError:
        writable = False
    good = str(len(secret)) == wanted and told and not writable
    headers = [(b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200 if good else 500, "headers": headers})
    await send({"type": "http.response.body", "body": b"ok"})
`;

test('an image that is nowhere: exit 3, with what to do, and no run folder', async () => {
  const cwd = await directory();
  const argv = ['run', '--image', 'my/missing:1', '--port', '80', '--pull', 'never', ...short];
  const { exitCode, stderr } = await machine.bench(argv, cwd);
  expect(exitCode, stderr).toBe(3);
  expect(stderr).toMatch(
    /^bench: the image my\/missing:1 is not on the engine, and --pull never forbids to pull it/m,
  );
  expect(stderr).toContain('Build it, or check its name: docker images');
  await expect(onlyRun(cwd)).rejects.toThrow('found 0');
  await nothingIsLeft();
});

test('a service that ends at once: its last words, before anything is measured', async () => {
  const command = 'node -e "throw new Error(\'no configuration\')"';
  const { ended } = await runOf('node-app', ['--port', '3000', '--port-env', 'PORT', '--command', command]);
  expect(ended.exitCode, ended.stderr).toBe(3);
  expect(ended.stderr).toContain('exited with code 1 before it answered');
  expect(ended.stderr).toContain('Error: no configuration');
  await nothingIsLeft();
});

test('a service that listens on another port: which one, and the flag for it', async () => {
  const argv = ['--port', '8080', '--ready-seconds', '2'];
  const { ended } = await runOf('node-app', argv);
  expect(ended.exitCode, ended.stderr).toBe(3);
  expect(ended.stderr).toMatch(/node-app \(\S+\) listens on port 3000, and not on port 8080/);
  expect(ended.stderr).toContain('--port 3000');
  await nothingIsLeft();
});

test('a service of an ordinary user may not listen on port 80 of the host: what to do instead', async () => {
  const { ended } = await runOf('node-app', ['--port', '80', '--env', 'PORT=80', '--request-path', '/items']);
  expect(ended.exitCode, ended.stderr).toBe(3);
  expect(ended.stderr).toContain(
    'In host mode only root may listen on port 80. Tell the service another port',
  );
  expect(ended.stderr).toContain('EACCES');
  await nothingIsLeft();
});
