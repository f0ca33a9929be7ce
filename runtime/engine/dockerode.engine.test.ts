import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type TestEngine, testEngine } from '../test-engine.fixture.ts';
import { engineContract } from './engine.contract.ts';

let real: TestEngine;
beforeAll(async () => {
  real = await testEngine();
});
afterAll(async () => {
  await real?.[Symbol.asyncDispose]();
});

engineContract('a real engine', async () => ({
  engine: real.engine,
  image: real.image,
  dispose: async () => {},
}));

async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-engine-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

test('a container that is moved to another CPU runs there, with the processes that it has', async () => {
  const spec = {
    name: `bench-moved-${process.pid}`,
    image: real.image,
    command: ['sh', '-c', 'sleep infinity & exec sleep infinity'],
    labels: {},
    attachment: { kind: 'none' },
    cpus: '0',
  } as const;
  const { id, start } = await real.engine.create(spec);
  onTestFinished(() => real.engine.remove(id));
  await start();
  const pid = (await real.engine.inspect(id))?.pid ?? 0;
  // A lab has a pid namespace of its own, and a /proc of its own in its root.
  const proc = real.machine === undefined ? '/proc' : `/proc/${real.machine}/root/proc`;
  const [child = ''] = (await readFile(`${proc}/${pid}/task/${pid}/children`, 'utf8')).split(' ');
  const cpusOf = async (it: number | string) =>
    /Cpus_allowed_list:\s*(\S+)/.exec(await readFile(`${proc}/${it}/status`, 'utf8'))?.[1];
  expect(await Promise.all([pid, child].map(cpusOf))).toEqual(['0', '0']);
  await real.engine.moveToCpus(id, '1');
  expect(await Promise.all([pid, child].map(cpusOf))).toEqual(['1', '1']);
});

test('a build that fails tells its last lines', async () => {
  const directory = await temporary();
  await writeFile(join(directory, 'Dockerfile'), 'FROM scratch\nCOPY missing /\n');
  const tag = 'bench-never-built:1';
  const order = { directory, files: ['Dockerfile'], tag, arguments: {}, labels: {} };
  await expect(real.engine.build(order, () => {})).rejects.toMatchObject({
    kind: 'unfit',
    message: expect.stringMatching(/building bench-never-built:1 failed: .*missing/),
    hint: expect.stringMatching(/Step 1\/2 : FROM scratch[\s\S]*Step 2\/2 : COPY missing/),
  });
  expect(await real.engine.imageExists(tag)).toBe(false);
});

test('an archive that is none is refused', async () => {
  const directory = await temporary();
  const tag = 'bench-never-imported:1';
  const broken = join(directory, 'broken.tar');
  await writeFile(broken, 'this is not a tar archive'.repeat(100));
  await expect(real.engine.importImage(broken, tag)).rejects.toMatchObject({
    message: expect.stringMatching(/import bench-never-imported:1.*tar/),
  });
  expect(await real.engine.imageExists(tag)).toBe(false);
});

test('a build that is interrupted ends at once and leaves no container and no image', async () => {
  const directory = await temporary();
  const tag = 'bench-never-built:2';
  await writeFile(join(directory, 'Dockerfile'), `FROM ${real.image}\nRUN echo begun && exec sleep 600\n`);
  const before = await idsOf();
  const interruption = new AbortController();
  let during: readonly string[] = [];
  const order = { directory, files: ['Dockerfile'], tag, arguments: {}, labels: {} };
  const built = real.engine.build(
    order,
    async (line) => {
      if (line !== 'begun') return;
      during = await idsOf();
      interruption.abort();
    },
    { signal: interruption.signal },
  );
  await expect(built).rejects.toMatchObject({ kind: 'interrupted', exitCode: 130 });
  expect(during).toHaveLength(before.length + 1);
  await expect.poll(idsOf, { timeout: 10_000 }).toEqual(before); // the engine ends the build's container by itself
  expect(await real.engine.imageExists(tag)).toBe(false);
});

test('a pull that is interrupted is told as such, not as a registry that does not answer', async () => {
  const silent = `
    const server = require('node:net').createServer(() => console.log('asked'));
    server.listen(0, '127.0.0.1', () => console.log(server.address().port));`;
  // Where the engine's loopback is.
  const there = real.machine === undefined ? [] : ['nsenter', `--net=/proc/${real.machine}/ns/net`];
  const [program = '', ...args] = [...there, process.execPath, '-e', silent];
  const registry = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void registry.kill());
  const [port] = await once(registry.stdout.setEncoding('utf8'), 'data');
  const interruption = new AbortController();
  registry.stdout.on('data', () => interruption.abort());
  const pull = real.engine.pull(`127.0.0.1:${String(port).trim()}/bench-nothing:1`, {
    signal: interruption.signal,
  });
  await expect(pull).rejects.toMatchObject({ kind: 'interrupted' });
});

async function idsOf(): Promise<readonly string[]> {
  return (await real.engine.containers()).map(({ id }) => id).toSorted();
}
