import { PassThrough } from 'node:stream';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Failure } from './failure.ts';
import { type Channel, type Handlers, rpcClient, serveRpc } from './rpc.ts';

type Calculator = {
  double: { input: number; output: number };
  greet: { input: { name: string }; output: string };
  fail: { input: string; output: never };
};

const handlers: Handlers<Calculator> = {
  double: async (input) => input * 2,
  greet: async ({ name }) => `Hello, ${name}`,
  fail: async (message) => {
    throw new Failure('unfit', message, { hint: 'Try again.' });
  },
};

/** Two ends of one wire. */
function wire(): { near: Channel; far: Channel } {
  const there = new PassThrough();
  const back = new PassThrough();
  return { near: { input: there, output: back }, far: { input: back, output: there } };
}

function connected(answers: Handlers<Calculator> = handlers) {
  const { near, far } = wire();
  const served = serveRpc<Calculator>(far, answers);
  return { client: rpcClient<Calculator>(near, 'the calculator'), served, near, far };
}

/** All the lines that the answering end has written so far. */
function linesOf(stream: PassThrough): string {
  return String(stream.read() ?? '');
}

test('answers calls with their own outputs, whatever the order of awaiting', async () => {
  const { client } = connected();
  const calls = [1, 2, 3].map((input) => client.call('double', input));
  expect(await Promise.all(calls.toReversed())).toEqual([6, 4, 2]);
  expect(await client.call('greet', { name: 'Ada' })).toBe('Hello, Ada');
});

test('text outside ASCII and line feeds inside a value survive', async () => {
  const { client } = connected();
  const name = 'Ä\n漢字\u2028🚢';
  expect(await client.call('greet', { name })).toBe(`Hello, ${name}`);
});

test('a document cut anywhere, inside a character too, is put together again', async () => {
  const { near, far } = wire();
  const client = rpcClient<Calculator>(near, 'the calculator');
  const call = client.call('greet', { name: 'x' });
  for (const byte of Buffer.from('{"id":1,"output":"Hello, 漢字"}\n')) far.input.write(Buffer.of(byte));
  expect(await call).toBe('Hello, 漢字');
});

test('runs one call at a time, in the order of arrival', async () => {
  const journal: string[] = [];
  const { client } = connected({
    ...handlers,
    double: async (input) => {
      journal.push(`start ${input}`);
      await new Promise(setImmediate);
      journal.push(`end ${input}`);
      return input;
    },
  });
  await Promise.all([client.call('double', 1), client.call('double', 2)]);
  expect(journal).toEqual(['start 1', 'end 1', 'start 2', 'end 2']);
});

test("the far end's failure arrives with its message and hint, and the next call is answered", async () => {
  const { client } = connected();
  const call = client.call('fail', 'no such interface');
  await expect(call).rejects.toThrow(Failure);
  await expect(call).rejects.toMatchObject({ message: 'no such interface', hint: 'Try again.' });
  expect(await client.call('double', 2)).toBe(4);
});

test.each(['subtract', 'constructor', 'toString'])(
  'an unknown call (%s) is an error, not a crash',
  async (name) => {
    const { near, far } = wire();
    void serveRpc<Calculator>(far, handlers);
    const client = rpcClient<Record<string, { input: number; output: number }>>(near, 'the calculator');
    await expect(client.call(name, 1)).rejects.toThrow(`no such call: ${name}`);
  },
);

test('an output that JSON cannot carry is an error of that call only', async () => {
  const { near, far } = wire();
  type Big = { big: { input: null; output: bigint }; double: Calculator['double'] };
  void serveRpc<Big>(far, { big: async () => 1n, double: handlers.double });
  const client = rpcClient<Big>(near, 'the calculator');
  await expect(client.call('big', null)).rejects.toThrow('BigInt');
  expect(await client.call('double', 4)).toBe(8);
});

test('an input that JSON cannot carry rejects at once', async () => {
  const { near } = wire();
  const client = rpcClient<{ big: { input: bigint; output: number } }>(near, 'the calculator');
  await expect(client.call('big', 1n)).rejects.toThrow('BigInt');
});

test('close: what has been called is still answered, then the far end leaves', async () => {
  const { client, served } = connected();
  const calls = Promise.all([client.call('double', 1), client.call('double', 2)]);
  client.close();
  expect(await calls).toEqual([2, 4]);
  await expect(served).resolves.toBeUndefined();
  await expect(client.call('double', 3)).rejects.toThrow('after its input had been closed');
});

test('the far end going away rejects what waits and what comes, saying who left', async () => {
  const { near, far } = wire();
  const client = rpcClient<Calculator>(near, 'the calculator');
  const waiting = client.call('double', 1);
  far.input.end('{"id":1,"outp');
  await expect(waiting).rejects.toMatchObject({
    kind: 'partial',
    message: 'lost contact with the calculator',
  });
  await expect(client.call('double', 2)).rejects.toThrow('lost contact with the calculator');
});

test('a far end that keeps silent counts as gone, with what it was asked; later calls do not wait again', async () => {
  const { near } = wire(); // nobody serves the other end
  const client = rpcClient<Calculator>(near, 'the calculator', (call) => (call === 'double' ? 0.05 : 3600));
  const silent = {
    kind: 'partial',
    message: 'lost contact with the calculator: no answer to "double" within 0.05 s',
    hint: expect.stringContaining('bench doctor'),
  };
  await expect(client.call('double', 1)).rejects.toMatchObject(silent);
  await expect(client.call('greet', { name: 'Ada' })).rejects.toMatchObject(silent);
});

test("a call's patience begins when those before it are answered", async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { near, far } = wire();
  const client = rpcClient<Calculator>(near, 'the calculator', () => 10);
  const calls = [1, 2, 3].map((input) => client.call('double', input));
  for (const id of [1, 2]) {
    vi.advanceTimersByTime(9000);
    far.input.write(`{"id":${id},"output":${id * 2}}\n`);
    expect(await calls[id - 1]).toBe(id * 2);
  }
  vi.advanceTimersByTime(11_000);
  await expect(calls[2]).rejects.toThrow('no answer to "double" within 10 s');
  expect(vi.getTimerCount()).toBe(0); // one that stays would keep the process from ending
});

test('a stream that fails names its error', async () => {
  const output = new PassThrough();
  const client = rpcClient<Calculator>({ input: new PassThrough(), output }, 'the calculator');
  const waiting = client.call('double', 1);
  output.destroy(new Error('socket hang up'));
  await expect(waiting).rejects.toThrow('lost contact with the calculator: socket hang up');
});

test('a call on a stream that was destroyed before the client existed does not wait for ever', async () => {
  const input = new PassThrough();
  input.destroy();
  const client = rpcClient<Calculator>({ input, output: new PassThrough() }, 'the calculator');
  await expect(client.call('double', 1)).rejects.toThrow('lost contact with the calculator');
});

test.each(['not JSON', 'null', '42', '{"output":1}'])(
  'a reply line that is none (%s) rejects with that line',
  async (line) => {
    const { near, far } = wire();
    const client = rpcClient<Calculator>(near, 'the calculator');
    const waiting = client.call('double', 1);
    far.input.write(`${line}\n`);
    await expect(waiting).rejects.toThrow(`a line that is not a reply: ${line}`);
  },
);

test.each(['not JSON', 'null', '{"id":1}', '{"call":"double"}'])(
  'a request line that is none (%s) ends the service with that line; nothing after it is answered',
  async (line) => {
    const input = new PassThrough();
    const output = new PassThrough();
    const served = serveRpc<Calculator>({ input: output, output: input }, handlers);
    input.write(`{"id":7,"call":"double","input":1}\n${line}\n{"id":8,"call":"double","input":2}\n`);
    await expect(served).rejects.toThrow(`a line of the input is not a request: ${line}`);
    expect(linesOf(output)).toBe('{"id":7,"output":2}\n');
  },
);

test('the service ends when its input is destroyed, and fails when nobody reads its replies', async () => {
  const killed = new PassThrough();
  const served = serveRpc<Calculator>({ input: new PassThrough(), output: killed }, handlers);
  killed.destroy();
  await expect(served).resolves.toBeUndefined();

  const deaf = new PassThrough();
  const unheard = serveRpc<Calculator>({ input: deaf, output: new PassThrough() }, handlers);
  deaf.destroy(new Error('write EPIPE'));
  await expect(unheard).rejects.toThrow('EPIPE');
});
