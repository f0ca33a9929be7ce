import { connect, type Socket } from 'node:net';
import { messageOf } from '../model/failure.ts';
import type { HeldConnection } from '../model/load-agent.ts';

/** Longer than any answer of a server that has answered before. */
export const holdSeconds = 5;

/** One connection at a time, for callers that look at it from outside while it is open. */
interface Holder {
  hold(url: string): Promise<HeldConnection>;
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
    async hold(url) {
      await release();
      const { hostname, host, port, pathname } = new URL(url);
      const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) });
      held = socket;
      try {
        await answered(socket, `GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
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

/** Waits for the first bytes of an answer: then a process behind the address has accepted the connection. */
function answered(socket: Socket, request: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.setTimeout(holdSeconds * 1000, () => reject(new Error(`no data within ${holdSeconds} s`)));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the server closed it')));
    socket.once('data', () => {
      socket.setTimeout(0);
      socket.on('error', () => undefined);
      socket.resume();
      resolve();
    });
    socket.write(request);
  });
}
