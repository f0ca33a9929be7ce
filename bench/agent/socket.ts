import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

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
  const socket = connectTls({
    ...{ host, port, ...tls, ...reading },
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
  });
  socket.setNoDelay(true);
  return socket;
}
