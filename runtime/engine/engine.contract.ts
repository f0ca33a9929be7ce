import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Failure } from '../../bench/model/failure.ts';
import { labelsOf, runLabel, thisProcess } from '../labels.ts';
import { Teardown } from '../teardown.ts';
import type { ContainerSpec, CreatedContainer, Engine } from './engine.ts';

/** Programs that the suite runs: in the lab image, or as the fake plays them. */
export const contractCommands = {
  idle: ['sleep', 'infinity'],
  /** Writes three lines and exits with 3. */
  failing: ['sh', '-c', 'echo first; echo second; echo "cannot serve" >&2; exit 3'],
  /** Gives back what it is sent, and ends when its input does. Greets on stderr. */
  echoing: ['sh', '-c', 'echo ready >&2; exec cat'],
} as const;

export interface ContractedEngine {
  readonly engine: Engine;
  /** An image that runs the commands. */
  readonly image: string;
  dispose(): Promise<void>;
}

/**
 * What every `Engine` does, as a user of it sees. Run on the fake and on a real engine, so that what is tested
 * on the one holds for the other. Each test removes what it made, whether it passed or not.
 */
export function engineContract(name: string, open: () => Promise<ContractedEngine>): void {
  /** A workshop for one test, that is cleared when it ends. */
  async function workshop() {
    const opened = await open();
    const { engine, image } = opened;
    const things = new Teardown();
    things.defer(() => opened.dispose());
    onTestFinished(() => things[Symbol.asyncDispose]());
    const runId = `contract-${randomBytes(4).toString('hex')}`;
    const labels = labelsOf(runId, await thisProcess());
    const specOf = (suffix: string, changes: Partial<ContainerSpec> = {}): ContainerSpec => ({
      name: `bench-${runId}-${suffix}`,
      image,
      command: contractCommands.idle,
      labels,
      attachment: { kind: 'none' },
      ...changes,
    });
    const create = async (
      suffix: string,
      changes: Partial<ContainerSpec> = {},
    ): Promise<CreatedContainer> => {
      const container = await engine.create(specOf(suffix, changes));
      things.defer(() => engine.remove(container.id));
      return container;
    };
    return { engine, image, runId, specOf, create, things };
  }

  describe(name, () => {
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

    test('published ports are discarded in host mode, and the engine says so in its answer', async () => {
      const { create } = await workshop();
      const publish = [{ containerPort: 8080, hostPort: 18_080, hostAddresses: ['127.0.0.1'] }];
      const onHost = await create('a', { attachment: { kind: 'host' }, publish });
      expect(onHost.warnings.join('\n')).toMatch(/published ports are discarded/i);
      expect((await create('b', { attachment: { kind: 'bridge' }, publish })).warnings).toEqual([]);
    });

    test('what a container publishes is told while it runs, what was asked for always; by name as by id', async () => {
      const { engine, create, specOf } = await workshop();
      const publish = [{ containerPort: 8080, hostPort: 18_081, hostAddresses: ['127.0.0.1'] }];
      const onBridge = await create('a', { attachment: { kind: 'bridge' }, publish });
      const onHost = await create('b', { attachment: { kind: 'host' }, publish });
      const { name } = specOf('a');
      const asked = { requestedPorts: ['8080/tcp'] };
      expect(await engine.inspect(name)).toMatchObject({ id: onBridge.id, name, published: [], ...asked });
      await Promise.all([onBridge.start(), onHost.start()]);
      expect((await engine.inspect(onBridge.id))?.published).toEqual([
        { containerPort: 8080, hostAddress: '127.0.0.1', hostPort: 18_081 },
      ]);
      expect(await engine.inspect(onHost.id)).toMatchObject({ published: [], ...asked });
    });

    test('a container on the bridge has an address while it runs, one in the host stack has none', async () => {
      const { engine, create } = await workshop();
      const onBridge = await create('a', { attachment: { kind: 'bridge' } });
      const onHost = await create('b', { attachment: { kind: 'host' } });
      expect(await engine.inspect(onBridge.id)).toMatchObject({ address: undefined, networkMode: 'bridge' });
      await Promise.all([onBridge.start(), onHost.start()]);
      expect((await engine.inspect(onBridge.id))?.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
      expect(await engine.inspect(onHost.id)).toMatchObject({ address: undefined, networkMode: 'host' });
    });

    test('containers on the bridge have different addresses', async () => {
      const { engine, create } = await workshop();
      const ids = await Promise.all(
        ['a', 'b', 'c'].map(async (suffix) => {
          const container = await create(suffix, { attachment: { kind: 'bridge' } });
          await container.start();
          return container.id;
        }),
      );
      const found = await Promise.all(ids.map(async (id) => (await engine.inspect(id))?.address));
      expect(new Set(found).size).toBe(3);
      expect(found).not.toContain(undefined);
    });

    test('a container joins the stack of another one that runs, not of one that does not', async () => {
      const { engine, create, specOf } = await workshop();
      const holder = await create('holder', { attachment: { kind: 'bridge' } });
      const joining = await create('a', { attachment: { kind: 'container', id: holder.id } });
      const failure = await failureOf(joining.start());
      expect(failure.kind).toBe('casesFailed');
      expect(failure.message).toContain(`the engine refused to start ${specOf('a').name}`);
      expect(failure.message).toMatch(/non running container/);
      expect(await engine.inspect(joining.id)).toMatchObject({ running: false });

      await holder.start();
      await joining.start();
      expect(await engine.inspect(joining.id)).toMatchObject({
        running: true,
        address: undefined,
        networkMode: `container:${holder.id}`,
      });
    });

    test('a published port is taken while its container runs; the failure says how to see by whom', async () => {
      const { engine, create, specOf } = await workshop();
      const hostPort = await freePort();
      const attachment = { kind: 'bridge' } as const;
      const publish = [{ containerPort: 8080, hostPort, hostAddresses: ['127.0.0.1'] }];
      const first = await create('a', { attachment, publish });
      const second = await create('b', { attachment, publish });
      await first.start();
      const failure = await failureOf(second.start());
      expect(failure.kind).toBe('casesFailed');
      expect(failure.message).toContain(specOf('b').name);
      expect(failure.message).toContain(`127.0.0.1:${hostPort}`);
      expect(failure.hint).toContain('ss -ltnp');
      expect(await engine.inspect(second.id)).toMatchObject({ running: false });

      await engine.remove(first.id);
      await second.start();
      expect(await engine.inspect(second.id)).toMatchObject({ running: true });
    });

    test('one port is published on several addresses', async () => {
      const { engine, create } = await workshop();
      const hostPort = await freePort();
      const container = await create('a', {
        attachment: { kind: 'bridge' },
        publish: [{ containerPort: 8080, hostPort, hostAddresses: ['127.0.0.1', '127.0.0.2'] }],
      });
      await container.start();
      expect(await engine.inspect(container.id)).toMatchObject({ running: true });
    });

    test('a program that ends leaves its exit code and its last lines', async () => {
      const { engine, create } = await workshop();
      const container = await create('a', { command: contractCommands.failing });
      await container.start();
      await expect.poll(async () => (await engine.inspect(container.id))?.running).toBe(false);
      expect(await engine.inspect(container.id)).toMatchObject({ exitCode: 3, pid: 0, address: undefined });
      const lines = (await engine.lastLines(container.id, 8)).split('\n');
      expect(lines.toSorted()).toEqual(['cannot serve', 'first', 'second']);
      expect((await engine.lastLines(container.id, 1)).split('\n')).toHaveLength(1);
    });

    test('an attached program answers over its streams, and goes when its input ends', async () => {
      const { engine, create } = await workshop();
      const { id, channel, start, stderrTail } = await create('a', {
        command: contractCommands.echoing,
        attached: true,
      });
      await start();
      const output = textOf(channel);
      channel?.input.write('a line\nanother, ä 漢\n');
      await expect.poll(() => output()).toBe('a line\nanother, ä 漢\n');
      await expect.poll(() => stderrTail().trim()).toBe('ready');
      expect(await engine.inspect(id)).toMatchObject({ running: true });

      channel?.input.end();
      await expect.poll(() => engine.inspect(id), { timeout: 10_000 }).toBeUndefined();
    });

    test('the output of an attached program ends when its container is removed', async () => {
      const { engine, create } = await workshop();
      const { id, channel, start } = await create('a', { command: contractCommands.echoing, attached: true });
      await start();
      textOf(channel);
      const ended = channel === undefined ? undefined : once(channel.output, 'end');
      await engine.remove(id);
      await ended;
      await expect.poll(() => engine.inspect(id), { timeout: 10_000 }).toBeUndefined();
    });

    test('a container that is not attached has no streams', async () => {
      const { create } = await workshop();
      const container = await create('a');
      expect(container.channel).toBeUndefined();
      expect(container.stderrTail()).toBe('');
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

    test('of a container that is not there, nothing is told and nothing thrown', async () => {
      const { engine } = await workshop();
      const id = 'f'.repeat(64);
      expect(await engine.inspect(id)).toBeUndefined();
      expect(await engine.lastLines(id, 3)).toBe('');
      await engine.remove(id);
    });

    test('an image is imported, found by its tag, and removed', async () => {
      const { engine, image, runId, things } = await workshop();
      expect(await engine.imageExists(image)).toBe(true);
      const tag = `bench-${runId}:1`;
      expect(await engine.imageExists(tag)).toBe(false);
      const directory = await temporary(things);
      const archive = join(directory, 'root.tar');
      await writeFile(archive, Buffer.alloc(1024)); // two empty blocks: a tar archive of nothing
      await engine.importImage(archive, tag);
      expect(await engine.imageExists(tag)).toBe(true);
      await engine.removeImage(tag);
      expect(await engine.imageExists(tag)).toBe(false);
      expect((await failureOf(engine.removeImage(tag))).message).toMatch(/No such image/);
    });

    test('an image is built from the files that are named, telling its steps', async () => {
      const { engine, runId, things } = await workshop();
      const tag = `bench-${runId}:built`;
      const directory = await temporary(things);
      await writeFile(join(directory, 'Dockerfile'), 'FROM scratch\nLABEL made.by=contract\n');
      const lines: string[] = [];
      await engine.build({ directory, files: ['Dockerfile'], tag, arguments: {}, labels: {} }, (line) =>
        lines.push(line),
      );
      expect(await engine.imageExists(tag)).toBe(true);
      await engine.removeImage(tag);
      expect(lines).toContainEqual(expect.stringMatching(/^Step 1\/\d+ : FROM scratch/));
    });

    test('images are found by their label, and one that a container uses is not removed', async () => {
      const { engine, runId, things, create } = await workshop();
      const tag = `bench-${runId}:used`;
      const label = `bench.contract-${runId}`;
      const directory = await temporary(things);
      await writeFile(join(directory, 'Dockerfile'), 'FROM scratch\nCMD ["nothing"]\n');
      expect(await engine.images(label)).toEqual([]);
      const labels = { [label]: 'yes' };
      await engine.build({ directory, files: ['Dockerfile'], tag, arguments: {}, labels }, () => {});
      expect(await engine.images(label)).toEqual([{ tag, labels }]);
      expect(await engine.images(`${label}=no`)).toEqual([]);

      const user = await create('user', { image: tag });
      expect(await engine.removeImage(tag)).toBe(false);
      expect(await engine.imageExists(tag)).toBe(true);
      await engine.remove(user.id);
      expect(await engine.removeImage(tag)).toBe(true);
      expect(await engine.images(label)).toEqual([]);
    });

    test('a registry that does not answer: why is told, not thrown', async () => {
      const { engine } = await workshop();
      const pull = await engine.pull('127.0.0.1:1/bench-nothing:1');
      expect(pull).toEqual({ pulled: false, why: expect.stringMatching(/refused/) });
    });
  });
}

async function failureOf(call: Promise<unknown>): Promise<Failure> {
  const error: unknown = await call.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(error instanceof Failure)) throw new Error('a Failure was expected', { cause: error });
  return error;
}

/** All that a channel has given so far, as text. */
function textOf(channel: CreatedContainer['channel']): () => string {
  let text = '';
  channel?.output.setEncoding('utf8');
  channel?.output.on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

/** A port of this machine that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

async function temporary(things: Teardown): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-contract-'));
  things.defer(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
