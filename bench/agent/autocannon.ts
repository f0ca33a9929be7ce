import autocannon from 'autocannon';
import type { SliceOrder } from '../model/load-agent.ts';
import { type AutocannonClient, autocannonClient } from './autocannon-client.ts';
import { ChurnConnection } from './churn.ts';
import { Connection, type ConnectionOptions, type Work } from './connection.ts';
import { connectionOptions } from './connection-options.ts';

/** Autocannon as it comes: for the benchmark that compares with it and the tests that pin its traps. */
export const plainAutocannon = autocannon;
export type PlainOptions = autocannon.Options;
export type PlainResult = autocannon.Result;

/**
 * How often autocannon checks whether its clients are gone. Until then it keeps a timer. The ticks of 4 ms of
 * 4 servers take 3 % of a core.
 */
const autocannonTickMs = 100;

/** Never reached: the slice ends its load itself. */
const autocannonDurationSeconds = 24 * 60 * 60;

/** Autocannon's connections to one URL, around its traps. */
export interface Load<C> {
  readonly connections: readonly C[];
  /** Rejects if the order makes no sense. Resolves when autocannon has noticed that all connections are destroyed. */
  readonly finished: Promise<void>;
}

/** Connects at once, and sends as soon as and as long as the gate admits it. */
export function startLoad(order: SliceOrder, work: Work): Load<Connection> {
  return start(order, (client, options) => new Connection(client, options, work));
}

/** Opens a connection for each request as soon as and as long as the gate admits it; none before. */
export function startChurn(order: SliceOrder, work: Work): Load<ChurnConnection> {
  return start(order, (client, options) => new ChurnConnection(client, options, work));
}

function start<C>(
  order: SliceOrder,
  connectionFor: (client: AutocannonClient, options: ConnectionOptions) => C,
): Load<C> {
  const connections: C[] = [];
  const options = connectionOptions(order);
  const finished = new Promise<void>((resolve, reject) => {
    autocannon(
      {
        url: order.url,
        connections: order.connections,
        duration: autocannonDurationSeconds,
        sampleInt: autocannonTickMs,
        skipAggregateResult: true,
        setupClient: (client) => {
          connections.push(connectionFor(autocannonClient(client), options));
        },
      },
      (error) => (error === null ? resolve() : reject(error)),
    );
  });
  return { connections, finished };
}
