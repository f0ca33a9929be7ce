import { expect, test } from 'vitest';
import { Failure } from '../bench/model/failure.ts';
import { fakeEngine } from './engine/engine.fake.ts';
import { type Applicant, lockName, takeEngine, whoMeasures } from './engine-lock.ts';
import { lockImage } from './image/lock-image.ts';
import { labelsOf, runLabel } from './labels.ts';
import { thisProcess } from './owner.ts';

const since = '2026-11-20T09:32:20Z';

async function applicant(end: string, changes = {}): Promise<Applicant> {
  return { runId: `20261120T093220Z-${end}`, owner: { ...(await thisProcess()), ...changes }, since };
}

test('an engine is for one at a time; who has it is told with run, pid and time', async () => {
  const engine = fakeEngine();
  const [first, second] = [await applicant('aaaa'), await applicant('bbbb')];
  const taken = await takeEngine(engine, first);
  expect(taken.held).toBe(true);
  const words = `bench run ${first.runId} (pid ${process.pid}, since ${since})`;
  expect(await takeEngine(engine, second)).toEqual({
    held: false,
    runId: first.runId,
    words,
    judged: true,
  });
  expect(await whoMeasures(engine)).toBe(words);
  if (taken.held) await taken.letGo();
  expect(engine.names()).toEqual([]);
  expect(await whoMeasures(engine)).toBeUndefined();
  expect((await takeEngine(engine, second)).held).toBe(true);
  expect(await engine.imageExists(lockImage)).toBe(true);
});

test('a lock whose owner has gone is taken over, with its own container and no other', async () => {
  const engine = fakeEngine();
  await takeEngine(engine, await applicant('dead', { startTicks: '1' }));
  expect(await whoMeasures(engine)).toBeUndefined();
  const next = await applicant('next');
  expect((await takeEngine(engine, next)).held).toBe(true);
  expect((await engine.containers(runLabel)).map(({ labels }) => labels[runLabel])).toEqual([next.runId]);
});

test('a lock of which nobody can tell whether its owner lives is held', async () => {
  const engine = fakeEngine();
  const boot = '00000000-0000-0000-0000-000000000001';
  await takeEngine(engine, await applicant('far1', { boot, machine: undefined }));
  expect(await takeEngine(engine, await applicant('next'))).toMatchObject({ held: false, judged: false });
});

test('of several who find a dead holder one gets the engine', async () => {
  const engine = fakeEngine();
  await takeEngine(engine, await applicant('dead', { startTicks: '1' }));
  const ends = ['aaaa', 'bbbb', 'cccc'];
  const taken = await Promise.all(ends.map(async (end) => takeEngine(engine, await applicant(end))));
  expect(taken.filter(({ held }) => held)).toHaveLength(1);
  expect(engine.names()).toEqual([lockName]);
});

test("a container of the user's with that name is left alone, and in the way", async () => {
  const engine = fakeEngine({ images: ['users:1'] });
  await engine.claim({ name: lockName, image: 'users:1', labels: {} });
  await expect(takeEngine(engine, await applicant('aaaa'))).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining('bench did not create'),
    hint: expect.stringContaining('docker rename'),
  });
  expect(engine.names()).toEqual([lockName]);
});

test('an answer that is lost leaves no lock; letting go removes nobody else’s', async () => {
  const engine = fakeEngine();
  const lost = new Failure('partial', 'the engine stopped answering');
  const mine = await applicant('aaaa');
  const claim = async (spec: Parameters<typeof engine.claim>[0]) => {
    await engine.claim(spec);
    throw lost;
  };
  await expect(takeEngine({ ...engine, claim }, mine)).rejects.toBe(lost);
  expect(engine.names()).toEqual([]);

  const taken = await takeEngine(engine, mine);
  for (const { id } of await engine.containers(runLabel)) await engine.remove(id); // docker container prune
  const others = await applicant('bbbb');
  await engine.claim({ name: lockName, image: lockImage, labels: labelsOf(others.runId, others.owner) });
  if (taken.held) await taken.letGo();
  expect(engine.names()).toEqual([lockName]);
});
