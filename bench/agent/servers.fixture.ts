import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import type { Identity } from './certificate.fixture.ts';

/** A request as a misbehaving server sees it. */
export interface Exchange {
  readonly socket: net.Socket;
  /** 1, 2, 3 … on this connection. */
  readonly nth: number;
}

export interface SmallServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: Seen;
  /** Resolves when no connection is open. */
  idle(): Promise<void>;
}

/** What the server itself counted: the truth that the agent's counts are held against. */
export interface Seen {
  connections: number;
  requests: number;
}

/**
 * A small real HTTP server on 127.0.0.1 that does with each request whatever `answer` says. Requests carry no
 * body, and the agent sends one at a time, so an empty line ends each. `greet` gets each new connection before
 * anything is read from it. With an identity the server speaks TLS.
 */
export async function serve(
  answer: (exchange: Exchange, seen: Seen) => void,
  greet: (socket: net.Socket, seen: Seen) => void = (socket) => socket.resume(),
  identity?: Identity,
): Promise<SmallServer> {
  const sockets = new Set<net.Socket>();
  const seen: Seen = { connections: 0, requests: 0 };
  // Half-open, so that a server can close its end and still see what the client does.
  const options = { allowHalfOpen: true, noDelay: true, pauseOnConnect: true };
  const accept = (socket: net.Socket) => {
    let nth = 0;
    let text = '';
    seen.connections++;
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.on('data', (chunk) => {
      const requests = (text + chunk.toString('latin1')).split('\r\n\r\n');
      text = requests.pop() ?? '';
      for (const _ of requests) {
        seen.requests++;
        nth++;
        answer({ socket, nth }, seen);
      }
    });
    socket.pause();
    greet(socket, seen);
  };
  const server =
    identity === undefined
      ? net.createServer(options, accept)
      : tls.createServer({ ...options, pauseOnConnect: false, ...identity }, accept);
  // Those of TLS before their handshake, too.
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `${identity === undefined ? 'http' : 'https'}://127.0.0.1:${portOf(server)}/`,
    seen,
    async idle() {
      await Promise.all([...sockets].map((socket) => new Promise((resolve) => socket.on('close', resolve))));
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A URL at which nothing listens. */
export async function refusingUrl(): Promise<string> {
  await using server = await serve(() => undefined);
  return server.url;
}

function portOf(server: net.Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

export interface Answer {
  readonly status?: string;
  readonly bodyBytes?: number;
  /** What `Content-Length` says; the truth if left out. */
  readonly announcedBytes?: number;
  readonly headers?: readonly string[];
}

/** A whole response as bytes; 100 body bytes unless told otherwise. */
export function response({
  status = '200 OK',
  bodyBytes = 100,
  announcedBytes,
  headers = [],
}: Answer = {}): Buffer {
  const head = [`HTTP/1.1 ${status}`, `Content-Length: ${announcedBytes ?? bodyBytes}`, ...headers];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), Buffer.alloc(bodyBytes, 'x')]);
}

/** Answers each request at once. */
export function fastServer(answer?: Answer): Promise<SmallServer> {
  const bytes = response(answer);
  return serve(({ socket }) => socket.write(bytes));
}

/**
 * Calls `act` when `milliseconds` have truly passed. Node counts a timer from the time its loop last looked at
 * the clock, so one that was set late in a busy turn fires early.
 */
function after(milliseconds: number, act: () => void): void {
  const due = performance.now() + milliseconds;
  const check = () => (performance.now() < due ? setTimeout(check, 1) : act());
  setTimeout(check, milliseconds);
}

/** Answers each request after `milliseconds`, never earlier. */
export function slowServer(milliseconds: number): Promise<SmallServer> {
  const bytes = response();
  return serve(({ socket }) => after(milliseconds, () => socket.write(bytes)));
}

/** Closes each connection with its nth answer, like nginx at `keepalive_requests`. */
export function closingServer(answers: number, milliseconds: number): Promise<SmallServer> {
  const bytes = response();
  return serve(({ socket, nth }) => {
    if (nth > answers) return;
    after(milliseconds, () => (nth === answers ? socket.end(bytes) : socket.write(bytes)));
  });
}

/** Resets its first connection in the middle of the body; the others get `answers` answers and are closed. */
export function resettingServer(answers = Number.POSITIVE_INFINITY): Promise<SmallServer> {
  const bytes = response();
  return serve(
    ({ socket, nth }) => {
      if (nth < answers) socket.write(bytes);
      else if (nth === answers) socket.end(bytes);
    },
    (socket, seen) => {
      if (seen.connections > 1) {
        socket.resume();
        return;
      }
      // Closing a socket that holds unread data, here the request, is what sends a reset. Later than the data,
      // because libuv shows a reset that comes with data as an ordinary end.
      setTimeout(() => socket.write(bytes.subarray(0, -50)), 20);
      setTimeout(() => socket.destroy(), 40);
    },
  );
}
