import { expect, test } from 'vitest';
import { runLabel } from '../labels.ts';
import type { ContainerSpec } from './engine.ts';
import { contractCommands, failureOf, type OpenContracted, workshopOf } from './engine-workshop.fixture.ts';

/** How containers are created, run, are found, and are removed. */
export function containerLifeContract(open: OpenContracted): void {
  const workshop = () => workshopOf(open);

  test('a container is created, runs, and is removed', async () => {
    const { engine, create } = await workshop();
    const container = await create('a');
    expect(await engine.inspect(container.id)).toMatchObject({
      running: false,
      pid: 0,
      networkMode: 'none',
    });
    await container.start();
    const state = await engine.inspect(container.id);
    expect(state).toMatchObject({ id: container.id, running: true, address: undefined });
    expect(state?.pid).toBeGreaterThan(0);
    await engine.remove(container.id);
    expect(await engine.inspect(container.id)).toBeUndefined();
  });

  test('a second start is refused and changes nothing; a second removal is no error', async () => {
    const { engine, create } = await workshop();
    const container = await create('a');
    await container.start();
    const { pid } = (await engine.inspect(container.id)) ?? {};
    expect((await failureOf(container.start())).message).toContain('container already started');
    expect(await engine.inspect(container.id)).toMatchObject({ running: true, pid });
    await engine.remove(container.id);
    await engine.remove(container.id);
  });

  test('a container that was removed cannot be started', async () => {
    const { engine, create, specOf } = await workshop();
    const container = await create('a');
    await engine.remove(container.id);
    const failure = await failureOf(container.start());
    expect(failure.kind).toBe('casesFailed');
    expect(failure.message).toContain(`the engine refused to start ${specOf('a').name}`);
    expect(failure.message).toContain('No such container');
  });

  test('a container runs on the CPUs that it was given, and moves to others', async () => {
    const { engine, create } = await workshop();
    const container = await create('a', { cpus: '0' });
    expect(container.warnings).toEqual([]);
    await container.start();
    expect(await engine.inspect(container.id)).toMatchObject({ running: true, cpus: '0' });
    expect(await engine.moveToCpus(container.id, '1')).toEqual([]);
    expect(await engine.inspect(container.id)).toMatchObject({ running: true, cpus: '1' });
    const anywhere = await create('b');
    expect((await engine.inspect(anywhere.id))?.cpus).toBeUndefined();
  });

  test('an image that is not there: the failure names container and image, and nothing is left', async () => {
    const { engine, create, specOf, runId } = await workshop();
    const failure = await failureOf(create('a', { image: 'bench-no-such-image:1' }));
    expect(failure.kind).toBe('casesFailed');
    expect(failure.message).toContain(specOf('a').name);
    expect(failure.message).toMatch(/No such image: bench-no-such-image:1/);
    expect(failure.hint).toBeDefined();
    expect(await engine.containers(`${runLabel}=${runId}`)).toEqual([]);
  });

  test('a name is taken until its container is removed', async () => {
    const { engine, create, specOf } = await workshop();
    const first = await create('a');
    const failure = await failureOf(create('a'));
    expect(failure.kind).toBe('casesFailed');
    expect(failure.message).toMatch(/Conflict.*already in use/);
    expect(failure.message).toContain(specOf('a').name);
    await engine.remove(first.id);
    const second = await create('a');
    expect(second.id).not.toBe(first.id);
  });

  test('of several who claim a name at once one gets it, until that container is removed', async () => {
    const { engine, image, specOf, runId, things } = await workshop();
    const { name, labels } = specOf('claimed');
    const claim = () => engine.claim({ name, image, labels });
    const claims = await Promise.all([claim(), claim(), claim()]);
    const [holder, ...others] = await engine.containers(`${runLabel}=${runId}`);
    things.defer(() => engine.remove(holder?.id ?? ''));
    expect(claims.filter((got) => got)).toEqual([true]);
    expect(holder).toMatchObject({ name, running: false, labels });
    expect(others).toEqual([]);
    await engine.remove(holder?.id ?? '');
    expect(await claim()).toBe(true);
    for (const { id } of await engine.containers(`${runLabel}=${runId}`)) await engine.remove(id);
  });

  test('containers are found by their label, with its value or without', async () => {
    const { engine, image, runId, create, specOf } = await workshop();
    const [runs, waits] = [await create('a'), await create('b')];
    await runs.start();
    const { name, labels } = specOf('a');
    const mine = await engine.containers(`${runLabel}=${runId}`);
    expect(mine.map(({ id }) => id).toSorted()).toEqual([runs.id, waits.id].toSorted());
    expect(mine.find(({ id }) => id === runs.id)).toEqual({
      id: runs.id,
      name,
      image,
      labels: expect.objectContaining(labels), // and those of the image
      running: true,
    });
    expect(mine.find(({ id }) => id === waits.id)?.running).toBe(false);
    const all = (await engine.containers(runLabel)).map(({ id }) => id);
    expect(all).toEqual(expect.arrayContaining([runs.id, waits.id]));
    expect(await engine.containers(`${runLabel}=${runId}-other`)).toEqual([]);
  });

  test('only what runs is among the running containers', async () => {
    const { engine, create } = await workshop();
    const [runs, waits] = [await create('a'), await create('b')];
    await runs.start();
    const ids = (await engine.containers()).filter(({ running }) => running).map(({ id }) => id);
    expect(ids).toContain(runs.id);
    expect(ids).not.toContain(waits.id);
  });

  test('how a container was made can be read, and another one made of that', async () => {
    const { engine, create, image } = await workshop();
    const made = {
      environment: { COLOUR: 'blue=green' },
      user: '1000:1000',
      attachment: { kind: 'bridge' },
      binds: ['/usr:/srv/site:ro', '/var/tmp:/srv/data:rw'],
      settings: {
        workingDirectory: '/srv',
        hosts: ['db:198.18.0.9'],
        volumes: ['/srv/cache'],
        temporary: { '/scratch': 'size=65536k' },
        init: true,
        readOnlyRoot: true,
        addedCapabilities: ['NET_ADMIN'],
        droppedCapabilities: ['MKNOD'],
        groups: ['44'],
        limits: [{ name: 'nofile', soft: 1024, hard: 2048 }],
        memoryBytes: 2 ** 28,
        sharedMemoryBytes: 2 ** 25,
        logging: { driver: 'json-file', options: { 'max-size': '1m' } },
      },
    } as const satisfies Partial<ContainerSpec>;
    const { id } = await create('a', made);
    const recipe = await engine.recipe(id);
    expect(recipe).toMatchObject({
      image,
      imageId: await engine.imageId(image),
      command: contractCommands.idle,
      environment: made.environment,
      user: made.user,
      networks: ['bridge'],
      beyond: [],
    });
    expect(recipe?.settings).toMatchObject({
      ...made.settings,
      addedCapabilities: [expect.stringMatching(/NET_ADMIN$/)],
      droppedCapabilities: [expect.stringMatching(/MKNOD$/)],
    });
    expect(recipe?.mounts).toHaveLength(2);
    expect(recipe?.mounts).toEqual(
      expect.arrayContaining([
        { source: '/usr', target: '/srv/site', writable: false },
        { source: '/var/tmp', target: '/srv/data', writable: true },
      ]),
    );
    expect(await engine.recipe('f'.repeat(64))).toBeUndefined();
  });

  test('of a container that is not there, nothing is told and nothing thrown', async () => {
    const { engine } = await workshop();
    const id = 'f'.repeat(64);
    expect(await engine.inspect(id)).toBeUndefined();
    expect(await engine.lastLines(id, 3)).toBe('');
    await engine.moveToCpus(id, '0');
    await engine.remove(id);
  });
}
