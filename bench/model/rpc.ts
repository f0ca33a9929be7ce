import { Failure, messageOf } from './failure.ts';
import { present } from './present.ts';

/**
 * Calls over JSON lines, one document a line: how the CLI speaks to the programs in our containers
 * (load agent, inspector) through their attached streams.
 *
 * request  {"id":1,"call":"slice","input":{…}}
 * reply    {"id":1,"output":{…}}  or  {"id":1,"error":{"message":"…","hint":"…"}}
 *
 * Both ends come from one build (the lab image's tag is a hash of its inputs), so replies are typed by
 * the contract and not validated again.
 */
type Contract = Record<string, { readonly input: unknown; readonly output: unknown }>;

/** Two byte streams. The other program exits when `input` ends, so a killed CLI leaves no program behind. */
export interface Channel {
  readonly input: NodeJS.WritableStream;
  readonly output: NodeJS.ReadableStream;
}

export interface RpcClient<C extends Contract> {
  /** Rejects with the other program's `Failure`, or with one that reports that the other program has gone. */
  call<K extends keyof C & string>(call: K, input: C[K]['input']): Promise<C[K]['output']>;
  /**
   * Ends the input. The other program answers the calls that have been made and exits. No call can follow.
   */
  close(): void;
}

export type Handlers<C extends Contract> = {
  readonly [K in keyof C]: (input: C[K]['input']) => Promise<C[K]['output']>;
};

/** How long the other program may take to answer a call, in seconds. */
type Patience<C extends Contract> = <K extends keyof C & string>(call: K, input: C[K]['input']) => number;

interface Request {
  readonly id: number;
  readonly call: string;
  readonly input: unknown;
}

interface Reply {
  readonly id: number;
  readonly output?: unknown;
  readonly error?: { readonly message: string; readonly hint?: string };
}

interface Waiting {
  readonly call: string;
  readonly seconds: number | undefined;
  resolve(output: unknown): void;
  reject(error: Error): void;
}

/** Calls `onLine` for each complete line of `output`. A last line without its line feed is dropped. */
function readLines(output: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  output.setEncoding('utf8');
  output.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  });
}

/** The JSON object of a line, if it has a numeric `id`: the one thing that requests and replies share. */
function parseLine(line: string): { readonly id: number } | undefined {
  try {
    const document: unknown = JSON.parse(line);
    if (typeof document !== 'object' || document === null || !('id' in document)) return undefined;
    return typeof document.id === 'number' ? { ...document, id: document.id } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The calling end.
 * @param farEnd the other program in words, for errors: "the load agent".
 * @param patience for each call, counted from when the calls before it are answered. The other program then
 *   counts as gone, because the engine in between may hang with all streams open. Endless where left out.
 */
export function rpcClient<C extends Contract>(
  channel: Channel,
  farEnd: string,
  patience?: Patience<C>,
): RpcClient<C> {
  const waiting = new Map<number, Waiting>();
  let deadline: NodeJS.Timeout | undefined;
  let nextId = 1;
  let gone: Failure | undefined;
  let closed = false;

  function leave(cause?: unknown): void {
    const because = cause === undefined ? '' : `: ${messageOf(cause)}`;
    gone ??= new Failure('partial', `lost contact with ${farEnd}${because}`, {
      hint: 'Its container or the engine has stopped. Run `bench doctor`, then repeat the run.',
      cause,
    });
    for (const { reject } of waiting.values()) reject(gone);
    waiting.clear();
    clearTimeout(deadline);
  }

  /**
   * The other program runs one call at a time. A call's clock starts when the calls before it are answered.
   */
  function waitForOldest(): void {
    clearTimeout(deadline);
    const [oldest] = waiting.values();
    if (oldest?.seconds === undefined) return;
    const { call, seconds } = oldest;
    deadline = setTimeout(
      () => leave(new Error(`no answer to "${call}" within ${seconds} s`)),
      seconds * 1000,
    );
  }

  readLines(channel.output, (line) => {
    const reply: Reply | undefined = parseLine(line);
    if (reply === undefined) {
      leave(new Error(`it wrote a line that is not a reply: ${line.slice(0, 200)}`));
      return;
    }
    const call = waiting.get(reply.id);
    waiting.delete(reply.id);
    waitForOldest();
    if (reply.error === undefined) call?.resolve(reply.output);
    else call?.reject(new Failure('casesFailed', reply.error.message, reply.error));
  });
  channel.output.on('end', () => leave());
  channel.output.on('close', () => leave());
  channel.output.on('error', leave);
  channel.input.on('error', leave);

  return {
    async call(call, input) {
      if (gone !== undefined) throw gone;
      if (closed) throw new Error(`${farEnd} was called (${call}) after its input had been closed`);
      const id = nextId++;
      const line = `${JSON.stringify({ id, call, input })}\n`;
      return new Promise((resolve, reject) => {
        waiting.set(id, { call, seconds: patience?.(call, input), resolve, reject });
        if (waiting.size === 1) waitForOldest();
        // A stream that was destroyed earlier reports this to no other callback.
        channel.input.write(line, (error) => {
          if (error) leave(error);
        });
      });
    },
    close() {
      closed = true;
      channel.input.end();
    },
  };
}

/**
 * The answering end. Calls run one at a time, in the order in which they arrive. Resolves when the input has
 * ended and all calls are answered. Rejects if a line is not a request (the two ends are not of one build) or
 * if a stream fails. No call is answered after that.
 */
export function serveRpc<C extends Contract>(channel: Channel, handlers: Handlers<C>): Promise<void> {
  async function replyTo({ id, call, input }: Request): Promise<string> {
    try {
      const handler = Object.hasOwn(handlers, call) ? handlers[call] : undefined;
      if (handler === undefined) throw new Error(`no such call: ${call}`);
      const reply: Reply = { id, output: await handler(input) };
      return JSON.stringify(reply);
    } catch (error) {
      const hint = error instanceof Failure ? error.hint : undefined;
      const reply: Reply = {
        id,
        error: { message: messageOf(error), ...present({ hint }) },
      };
      return JSON.stringify(reply);
    }
  }

  return new Promise((resolve, reject) => {
    let turn: Promise<void> = Promise.resolve();
    let broken = false;

    function fail(error: unknown): void {
      broken = true;
      reject(error);
    }

    async function answer(line: string): Promise<void> {
      if (broken) return;
      const request = parseLine(line);
      if (request === undefined || !('call' in request) || typeof request.call !== 'string') {
        throw new Error(`a line of the input is not a request: ${line.slice(0, 200)}`);
      }
      const { id, call } = request;
      const reply = await replyTo({ id, call, input: 'input' in request ? request.input : undefined });
      if (!broken) channel.input.write(`${reply}\n`);
    }

    readLines(channel.output, (line) => {
      turn = turn.then(() => answer(line)).catch(fail);
    });
    const ended = () => turn.then(resolve);
    channel.output.on('end', ended);
    channel.output.on('close', ended);
    channel.output.on('error', fail);
    channel.input.on('error', fail);
  });
}
