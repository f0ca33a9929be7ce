import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';

/** Every socket reads into the same bytes: what one read brings is handled before the next begins. */
export const readBuffer = Buffer.allocUnsafeSlow(64 * 1024);

/** Where a server listens, and whether it speaks TLS there. */
export interface ServerEndpoint {
  readonly host: string;
  readonly port: number;
  /** TLS, with the name that is sent in its first message (SNI); an address is not sent. Absent: plain TCP. */
  readonly tls?: { readonly servername: string };
}

/**
 * The endpoint of a URL.
 * @param hostHeader the name that the requests send instead of the URL's: TLS sends it too.
 * @throws {Error} the text is no URL of http or https.
 */
export function endpointOf(url: string, hostHeader?: string): ServerEndpoint {
  const { protocol, hostname, port } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') {
    throw new Error(`${url} begins with neither http:// nor https://`);
  }
  const host = bare(hostname);
  if (protocol === 'http:') return { host, port: Number(port || 80) };
  const name = hostHeader === undefined ? host : bare(new URL(`https://${hostHeader}`).hostname);
  return { host, port: Number(port || 443), tls: { servername: isIP(name) === 0 ? name : '' } };
}

/** A connection for one request. */
export interface ShortConnection {
  readonly socket: Socket;
  /** The TCP connection below TLS: `connect` is emitted when it is established. Absent: there is no TLS. */
  readonly below?: Socket;
  /** Ends it with a reset (RST): neither side keeps the connection, not even in TIME_WAIT. */
  reset(): void;
}

/**
 * Opens a connection that will be reset. `connect` is emitted when it is established, with TLS `secureConnect`.
 * @param receive gets the bytes that came, decrypted, and handles them at once.
 */
export function openShort(endpoint: ServerEndpoint, receive: (bytes: Buffer) => void): ShortConnection {
  const { host, port, tls } = endpoint;
  if (tls === undefined) {
    const socket = openSocket(endpoint, (bytes) => {
      receive(readBuffer.subarray(0, bytes));
      return true;
    });
    return { socket, reset: () => reset(socket) };
  }
  // Only the TCP socket below can be reset. Over a socket that exists already, TLS emits data.
  const below = connect({ host, port, noDelay: true });
  const socket = overTls(tls, { socket: below });
  below.on('error', (error) => socket.destroy(error));
  socket.on('data', receive);
  return {
    socket,
    below,
    reset() {
      reset(below);
      socket.destroy();
    },
  };
}

function reset(socket: Socket): void {
  if (socket.destroyed) return;
  // A reset of a socket that still connects waits until it is connected.
  if (socket.connecting) socket.destroy();
  else socket.resetAndDestroy();
}

/** An IPv6 address without its brackets. */
function bare(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/**
 * Opens a connection without Nagle's delay. `connect` is emitted when TCP is connected; what is written before the
 * end of a TLS handshake is sent after it. Each TLS connection makes a whole handshake.
 *
 * The certificate is not verified: a service under test has one of its own making, and it is dialled by an address.
 * @param receive gets the number of bytes that came into `readBuffer`, decrypted, and handles them at once. It returns
 *   true to read on. Node reads into such a buffer for TLS as well, in pieces of at most 16 KiB (nodejs/node#35753).
 *   Absent: the socket emits `data`.
 */
export function openSocket(
  { host, port, tls }: ServerEndpoint,
  receive?: (bytes: number) => boolean,
): Socket {
  const reading = receive === undefined ? {} : { onread: { buffer: readBuffer, callback: receive } };
  if (tls === undefined) return connect({ host, port, noDelay: true, ...reading });
  const socket = overTls(tls, { host, port, ...reading });
  socket.setNoDelay(true);
  return socket;
}

function overTls(tls: NonNullable<ServerEndpoint['tls']>, options: ConnectionOptions): Socket {
  return connectTls({ ...options, ...tls, rejectUnauthorized: false, ALPNProtocols: ['http/1.1'] });
}
