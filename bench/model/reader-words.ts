import type { Address, Vantage } from './path.ts';

/** What a reader is told instead of a word of the code and the data files, and what it means. */
interface ReaderWord {
  /** As it stands in a sentence, in lower case. */
  readonly reader: string;
  /** One sentence. */
  readonly says: string;
}

/**
 * The words of the code and the data files, with those that reports, terminal, help and README use instead.
 * Every text for readers takes them from here. `bench help words` prints this table.
 */
export const readerWords = {
  baseline: {
    reader: 'baseline',
    says: 'What the others are compared with: host mode, seen by the same client.',
  },
  contender: { reader: 'mode compared', says: 'A network mode that is compared with the baseline.' },
  twin: {
    reader: 'second copy of host mode (noise check)',
    says: 'It is identical to the baseline. A difference between the two shows that the run cannot be trusted.',
  },
  bridge: { reader: 'bridge', says: "Docker's default network, with a published port: -p 80:80." },
  'user-bridge': { reader: 'user-bridge', says: 'A bridge of its own: docker network create.' },
  mapped: {
    reader: 'mapped',
    says: "The server joins another container's network: --network container:X.",
  },
  native: { reader: 'native', says: 'The same program as a plain process, without a container.' },
  external: {
    reader: 'client over a virtual link',
    says: 'A client on this machine that reaches the host over a virtual link. No network card takes part.',
  },
  host: { reader: 'client on the host', says: 'A client in the network of the host itself.' },
  neighbor: {
    reader: 'client in another container',
    says: "A client in a container on the server's bridge.",
  },
  inside: {
    reader: "client in the server's own network",
    says: "A client that shares the server's network, as a side-car does.",
  },
  published: {
    reader: 'by the published port',
    says: 'The client dials the port that -p publishes on the host.',
  },
  container: { reader: "by the container's address", says: "The client dials the container's own address." },
  loopback: { reader: 'by loopback', says: 'The client dials 127.0.0.1 or ::1 on the host.' },
  latency: {
    reader: 'one request at a time',
    says: 'A load of 1 connection. It tells how long a request takes.',
  },
  steady: {
    reader: 'equal rate',
    says: 'A load of 32 connections at one rate on all paths. It tells what a request costs in CPU time.',
  },
  throughput: {
    reader: 'full load',
    says: '32 connections, each with its next request as soon as the last is answered. It tells the capacity.',
  },
  paced: {
    reader: 'open load',
    says: 'Requests fall due at random moments at one rate on all paths, whether or not others are answered. It tells how long the slow ones take.',
  },
  churn: {
    reader: 'new connections',
    says: 'One request at a time, each on a new connection. It tells how long connecting and asking take.',
  },
  bulk: {
    reader: 'large bodies',
    says: '32 connections that transfer large bodies, down or up. It tells what a megabyte costs in CPU time.',
  },
  round: {
    reader: 'round',
    says: 'All containers are started afresh and measured. The number of rounds is the n of every interval.',
  },
  slice: { reader: 'slice', says: 'One short measurement of one server on one path.' },
  left_out: {
    reader: 'discarded',
    says: 'Not counted, by a rule that was written down before the run. Nothing is discarded for its value.',
  },
  declared: {
    reader: 'main result',
    says: 'A comparison that was named before the run. Only main results get a verdict.',
  },
  evidence: {
    reader: 'path evidence',
    says: 'What kernel and engine show of the way that the packets took: counters, interfaces, sockets.',
  },
  limit: {
    reader: 'limit',
    says: 'Whose CPU was busy all the time: the server, docker-proxy, the load generator, or none.',
  },
  agent: { reader: 'load generator', says: 'The program that sends the requests.' },
} as const satisfies Readonly<Record<string, ReaderWord>> & Record<Vantage | Address, ReaderWord>;
