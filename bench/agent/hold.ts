import type { Socket } from 'node:net';
import { messageOf } from '../model/failure.ts';
import type { HeldConnection, HoldOrder } from '../model/load-agent.ts';
import { mostHeadBytes } from './answer-reader.ts';
import { hostHeaderOf, plainGet, requestBytes } from './request-bytes.ts';
import { endpointOf, openSocket } from './socket.ts';

/** Longer than any answer of a server that has answered before. */
export const holdSeconds = 5;

/** One connection at a time, for callers that look at it from outside while it is open. */
interface Holder {
  hold(order: HoldOrder): Promise<HeldConnection>;
  release(): Promise<void>;
}

export function connectionHolder(): Holder {
  let held: Socket | undefined;

  async function release(): Promise<void> {
    const socket = held;
    held = undefined;
    if (socket === undefined || socket.destroyed) return;
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    socket.destroy();
    await closed;
  }

  return {
    release,
    async hold({ url, request = plainGet }) {
      await release();
      const endpoint = endpointOf(url, hostHeaderOf(request));
      const bytes = requestBytes(url, request);
      let socket = openSocket(endpoint);
      held = socket;
      try {
        const head = await answered(socket, bytes);
        if (endsConnection(head, request.method)) {
          socket.destroy();
          socket = openSocket(endpoint);
          held = socket;
          await sent(socket, bytes.subarray(0, -1));
        }
      } catch (error) {
        socket.destroy();
        throw new Error(
          `${url} did not answer on the connection that is kept open as evidence: ${messageOf(error)}`,
        );
      }
      const { localAddress, localPort, remoteAddress, remotePort } = socket;
      if (!localAddress || !localPort || !remoteAddress || !remotePort) {
        throw new Error(`${url} closed the connection that is kept open as evidence`);
      }
      return { localAddress, localPort, remoteAddress, remotePort };
    },
  };
}

/**
 * Waits for the head of an answer: then a process behind the address has accepted the connection.
 * @returns the head.
 */
function answered(socket: Socket, request: Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    limit(socket, reject);
    socket.on('data', function read(chunk: Buffer) {
      text += chunk.toString('latin1');
      const head = /^(?:HTTP\/1\.\d 1\d\d .*?\r?\n\r?\n)*(HTTP\/.*?\r?\n\r?\n)/s.exec(text)?.[1];
      const more = 'HTTP/'.startsWith(text.slice(0, 5)) && text.length < mostHeadBytes;
      if (head === undefined && more) return;
      socket.off('data', read);
      rest(socket);
      resolve(head ?? text);
    });
    socket.write(request);
  });
}

/**
 * Sends a request but for its last byte. The server waits for that byte, so that it keeps the connection open although it
 * would end it with its answer.
 */
function sent(socket: Socket, part: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    limit(socket, reject);
    socket.write(part, (error) => {
      if (error) return;
      rest(socket);
      resolve();
    });
  });
}

function limit(socket: Socket, reject: (error: Error) => void): void {
  socket.setTimeout(holdSeconds * 1000, () => reject(new Error(`no data within ${holdSeconds} s`)));
  socket.once('error', reject);
  socket.once('close', () => reject(new Error('the server closed it')));
}

/** Nothing that the server does on the connection from now on is of interest. */
function rest(socket: Socket): void {
  socket.setTimeout(0);
  socket.on('error', () => undefined);
  socket.resume();
}

/** Whether the server ends its connection with the answer that this is the head of (RFC 9112, sections 6.3 and 9.3). */
function endsConnection(head: string, method: string): boolean {
  if (!head.startsWith('HTTP/')) return false;
  const says = (name: string, value: string) => new RegExp(`^${name}:.*${value}`, 'im').test(head);
  if (says('connection', 'close')) return true;
  if (/^HTTP\/1\.0/.test(head) && !says('connection', 'keep-alive')) return true;
  const bodiless = method === 'HEAD' || /^HTTP\/1\.\d (204|304)/.test(head);
  return !bodiless && !says('content-length', '\\d') && !says('transfer-encoding', 'chunked');
}
