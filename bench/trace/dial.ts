import { connect, type Socket } from 'node:net';
import type { Endpoint } from '../model/connection.ts';
import { Failure } from '../model/failure.ts';
import { endpointWords } from './judge-connection.ts';

/** How long a service may take to accept a connection, in seconds. */
const patienceSeconds = 3;

/** A connection that is held open. Nothing is sent on it. */
export interface Dialled extends Disposable {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Whether the far end has closed it meanwhile. */
  closed(): boolean;
}

export interface Target {
  readonly host: string;
  readonly port: number;
}

const defaultPorts: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

/**
 * Host and port of a URL, or of `host:port` alone.
 * @throws {Failure} usage: it has no host, or its scheme no port that bench knows.
 */
export function targetOf(text: string): Target {
  const whole = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(whole) ? new URL(whole) : undefined;
  const port = (url?.port ?? '') === '' ? defaultPorts[url?.protocol ?? ''] : Number(url?.port);
  if (url === undefined || url.hostname === '' || port === undefined) {
    throw new Failure('usage', `"${text}" names no host and port`, {
      hint: 'Give a URL or host:port, e.g. bench trace http://127.0.0.1:8080/ or bench trace localhost:5432',
    });
  }
  return { host: url.hostname.replace(/^\[|\]$/g, ''), port };
}

/**
 * Opens a TCP connection and sends nothing.
 * @throws {Failure} casesFailed: nobody accepts it, with what that means; usage: there is no such host.
 */
export function dial({ host, port }: Target): Promise<Dialled> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, autoSelectFamily: true });
    const timer = setTimeout(() => socket.destroy(timedOut(host, port)), patienceSeconds * 1000);
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error instanceof Failure ? error : refused(error, host, port));
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.on('error', () => {}); // a reset shows in closed()
      resolve(held(socket));
    });
  });
}

function held(socket: Socket): Dialled {
  let ended = false;
  for (const event of ['end', 'close'] as const) {
    socket.on(event, () => {
      ended = true;
    });
  }
  socket.resume();
  return {
    local: { address: plain(socket.localAddress), port: socket.localPort ?? 0 },
    remote: { address: plain(socket.remoteAddress), port: socket.remotePort ?? 0 },
    closed: () => ended,
    [Symbol.dispose]: () => socket.destroy(),
  };
}

function plain(address = ''): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function timedOut(host: string, port: number): Failure {
  return new Failure(
    'casesFailed',
    `${endpointWords({ address: host, port })} did not accept a connection within ${patienceSeconds} s: its packets are dropped on the way`,
    {
      hint: "A firewall that drops looks like this. Published ports get a rule from Docker; host mode does not. bench doctor shows this machine's.",
    },
  );
}

function refused(error: Error & { code?: unknown }, host: string, port: number): Failure {
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') {
    return new Failure('usage', `there is no host ${host}: ${error.message}`, {
      hint: 'Look for a typing error in the URL.',
      cause: error,
    });
  }
  const reason = error.code === 'ECONNREFUSED' ? 'connection refused' : error.message || String(error.code);
  return new Failure(
    'casesFailed',
    `nothing accepts connections at ${endpointWords({ address: host, port })}: ${reason}`,
    {
      hint: 'See what listens, and on which addresses: ss -ltnp',
      cause: error,
    },
  );
}
