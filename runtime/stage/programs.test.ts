import { expect, test } from 'vitest';
import { Failure } from '../../bench/model/failure.ts';
import { type FakeEngine, fakeEngine } from '../engine/engine.fake.ts';
import type { ContainerSpec } from '../engine/engine.ts';
import { labelsOf, runLabel } from '../labels.ts';
import { thisProcess } from '../owner.ts';
import { Teardown } from '../teardown.ts';
import { fakeParts } from './parts.fake.ts';
import { createOwned, startAttached } from './programs.ts';
import { makeUserBridge } from './run-networks.ts';

const lost = new Failure('partial', 'the engine stopped answering when bench tried to create bench-k3f9-web');

/** Creates what it is asked to, and its answer never comes. */
function losingAnswers(engine: FakeEngine): FakeEngine {
  return {
    ...engine,
    async create(spec) {
      await engine.create(spec);
      throw lost;
    },
    async createNetwork(spec) {
      await engine.createNetwork(spec);
      throw lost;
    },
  };
}

async function specOf(runId: string): Promise<ContainerSpec> {
  const labels = labelsOf(runId, await thisProcess());
  return { name: 'bench-k3f9-web', image: 'i:1', command: [], labels, attachment: { kind: 'none' } };
}

test('a container whose creation was never answered is removed: it is known by its name and labels', async () => {
  const engine = losingAnswers(fakeEngine({ images: ['i:1'] }));
  const spec = await specOf('20261120T093220Z-k3f9');
  const owned = new Teardown();
  await expect(startAttached(engine, { ...spec, attached: true }, owned)).rejects.toBe(lost);
  expect(engine.names()).toEqual(['bench-k3f9-web']);
  await owned[Symbol.asyncDispose]();
  expect(engine.names()).toEqual([]);
});

test("another run's container of that name is left alone", async () => {
  const engine = fakeEngine({ images: ['i:1'] });
  await engine.create(await specOf('20261119T093220Z-k3f9'));
  const { created, undo } = createOwned(engine, await specOf('20261120T093220Z-k3f9'));
  await expect(created).rejects.toThrow('already in use');
  await undo();
  expect(engine.names()).toEqual(['bench-k3f9-web']);
});

test('a network whose creation was never answered is removed', async () => {
  const { inspector } = fakeParts();
  const engine = losingAnswers(fakeEngine());
  const { labels } = await specOf('20261120T093220Z-k3f9');
  const owned = new Teardown();
  const making = { engine, inspector, prefix: 'bench-k3f9', labels, owned };
  await expect(
    makeUserBridge(making, '198.18.1.0/24', { ipv6: false, vantages: [], servers: [] }),
  ).rejects.toBe(lost);
  expect(await engine.networks(runLabel)).toHaveLength(1);
  await owned[Symbol.asyncDispose]();
  expect(await engine.networks(runLabel)).toEqual([]);
});
