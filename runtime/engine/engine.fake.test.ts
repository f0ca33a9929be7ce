import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { Failure } from '../../bench/model/failure.ts';
import { rpcClient, serveRpc } from '../../bench/model/rpc.ts';
import { contractCommands, engineContract } from './engine.contract.ts';
import { type FakeProgram, fakeEngine, idleProgram } from './engine.fake.ts';
import type { ContainerSpec } from './engine.ts';

const image = 'bench-lab:fake';

engineContract('the fake engine', async () => ({
  engine: fakeEngine({ images: [image], program: contractProgram }),
  image,
  dispose: async () => {},
}));

/** The suite's commands, played. */
function contractProgram({ command }: ContainerSpec): FakeProgram {
  switch (command) {
    case contractCommands.failing:
      return async ({ say }) => {
        for (const line of ['first', 'second', 'cannot serve']) say(line);
        return 3;
      };
    case contractCommands.echoing:
      return async ({ channel, say }) => {
        say('ready');
        await pipeline(channel.output, channel.input);
        return 0;
      };
    default:
      return idleProgram;
  }
}

function specOf(name: string, changes: Partial<ContainerSpec> = {}): ContainerSpec {
  return {
    name,
    image,
    command: ['sleep', 'infinity'],
    labels: {},
    attachment: { kind: 'bridge' },
    ...changes,
  };
}

test('the journal tells every change in order, refused ones included, and no question', async () => {
  const engine = fakeEngine({ images: [image] });
  const holder = await engine.create(specOf('holder'));
  const server = await engine.create(specOf('web', { attachment: { kind: 'container', id: holder.id } }));
  await expect(server.start()).rejects.toThrow('non running');
  await holder.start();
  await server.start();
  await engine.inspect(server.id);
  await engine.remove(server.id);
  expect(engine.journal).toEqual([
    'create holder',
    'create web',
    'start web',
    'start holder',
    'start web',
    'remove web',
  ]);
  expect(engine.names()).toEqual(['holder']);
});

test('a scripted failure hits the calls it names, and these do nothing', async () => {
  const refused = new Failure('casesFailed', 'no more room');
  const engine = fakeEngine({ images: [image], fail: [{ call: 'start', name: /^web/, with: refused }] });
  const [web, db] = [await engine.create(specOf('web-1')), await engine.create(specOf('db'))];
  await expect(web.start()).rejects.toBe(refused);
  await db.start();
  expect(await engine.inspect(web.id)).toMatchObject({ running: false });
  expect(await engine.inspect(db.id)).toMatchObject({ running: true });
});

test('a program may serve calls over the attached streams', async () => {
  type Greeter = { greet: { input: string; output: string } };
  const engine = fakeEngine({
    images: [image],
    program: () => async (process) => {
      await serveRpc<Greeter>(process.channel, { greet: async (name) => `Hello, ${name}` });
      return 0;
    },
  });
  const { channel, start, id } = await engine.create(specOf('greeter', { attached: true }));
  if (channel === undefined) throw new Error('not attached');
  await start();
  const client = rpcClient<Greeter>(channel, 'the greeter');
  expect(await client.call('greet', 'Ada')).toBe('Hello, Ada');
  client.close();
  await expect.poll(() => engine.inspect(id)).toBeUndefined();
});

test('unplugged: streams end, and every call says that the engine stopped answering', async () => {
  const engine = fakeEngine({ images: [image] });
  const attached = await engine.create(specOf('agent', { attached: true }));
  await attached.start();
  if (attached.channel === undefined) throw new Error('not attached');
  const client = rpcClient<{ ask: { input: string; output: string } }>(attached.channel, 'the agent');
  const waiting = client.call('ask', 'anything');
  engine.unplug();
  await expect(waiting).rejects.toMatchObject({ kind: 'partial', message: 'lost contact with the agent' });

  const gone = { kind: 'partial', message: expect.stringContaining('stopped answering') };
  await expect(engine.create(specOf('web'))).rejects.toMatchObject(gone);
  await expect(attached.start()).rejects.toMatchObject(gone);
  await expect(engine.inspect(attached.id)).rejects.toMatchObject(gone);
  await expect(engine.remove(attached.id)).rejects.toMatchObject(gone);
  await expect(engine.containers('bench.run')).rejects.toMatchObject(gone);
  await expect(engine.imageExists(image)).rejects.toMatchObject(gone);
});
