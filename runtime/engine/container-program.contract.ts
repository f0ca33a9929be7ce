import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { CreatedContainer } from './engine.ts';
import { contractCommands, type OpenContracted, workshopOf } from './engine-workshop.fixture.ts';

/** What a client learns about the program in a container. */
export function containerProgramContract(open: OpenContracted): void {
  const workshop = () => workshopOf(open);

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
