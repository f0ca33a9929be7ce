import type { SliceOrder } from '../model/load-agent.ts';
import { plainAutocannon } from './autocannon.ts';
import { autocannonClient } from './autocannon-client.ts';
import { Connection } from './connection.ts';
import { connectionOptions } from './connection-options.ts';
import { Gate } from './gate.ts';
import { readBuffer } from './socket.ts';
import { Tally } from './tally.ts';

/** One connection of the load agent, and what it read. */
export interface Tapped extends AsyncDisposable {
  readonly connection: Connection;
  readonly gate: { open: boolean };
  readonly tally: Tally;
  /** Each read of the socket, as text. */
  readonly reads: readonly string[];
  /** What of it went through the parser: the rest was recognised by comparison. */
  readonly parsed: readonly string[];
  /** Resolves when there are more than so many reads. */
  readsBeyond(count: number): Promise<void>;
  /** The most characters that the connection has kept after any read. */
  mostKept(): number;
  /** Resolves when the connection comes to rest behind the closed gate, or is given up. */
  atRest(): Promise<void>;
}

/**
 * Connects at once, with the gate open. Given up when `hopelessAfter` connections broke in a row.
 * @param asked a body of 100 bytes if left out.
 */
export async function tapped(
  url: string,
  hopelessAfter = 100,
  asked: Pick<SliceOrder, 'request' | 'expectedBodyBytes'> = { expectedBodyBytes: 100 },
): Promise<Tapped> {
  const tally = new Tally();
  const reads: string[] = [];
  const parsed: string[] = [];
  let read: () => void = () => undefined;
  let mostKept = 0;
  let rested: (() => void)[] = [];
  const gate = new Gate();
  gate.open = true;
  gate.rested = () => {
    for (const resolve of rested) resolve();
    rested = [];
  };
  let connection: Connection | undefined;
  const finished = new Promise<void>((resolve, reject) => {
    plainAutocannon(
      {
        ...{ url, connections: 1, duration: 3600, sampleInt: 4 },
        setupClient(given) {
          const client = autocannonClient(given);
          const options = connectionOptions({ url, timeoutSeconds: 5, ...asked });
          const made = new Connection(client, { ...options, hopelessAfter }, { tally, gate });
          const execute = client.parser.execute.bind(client.parser);
          client.parser.execute = (chunk) => {
            parsed.push(chunk.toString('latin1'));
            return execute(chunk);
          };
          const receive = made.receive.bind(made);
          made.receive = (bytes) => {
            reads.push(readBuffer.toString('latin1', 0, bytes));
            receive(bytes);
            read();
            mostKept = Math.max(mostKept, charactersIn(client.parser));
          };
          connection = made;
        },
      },
      (error) => (error === null ? resolve() : reject(error)),
    );
  });
  if (connection === undefined) await finished;
  if (connection === undefined) throw new Error('autocannon made no connection');
  const made = connection;
  return {
    connection: made,
    gate,
    tally,
    reads,
    parsed,
    async readsBeyond(count) {
      while (reads.length <= count) {
        await new Promise<void>((resolve) => {
          read = resolve;
        });
      }
    },
    mostKept: () => mostKept,
    atRest: () => (made.resting() ? Promise.resolve() : new Promise((resolve) => rested.push(resolve))),
    async [Symbol.asyncDispose]() {
      made.destroy();
      await finished;
    },
  };
}

/** Length of all strings that can be reached from a plain value. */
function charactersIn(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return 0;
  return Object.values(value).reduce<number>((sum, part) => sum + charactersIn(part), 0);
}
