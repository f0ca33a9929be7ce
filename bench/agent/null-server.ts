import { createServer, type Server } from 'node:net';

/** The smallest answer that the load agent counts. */
const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx');
const headEnd = Buffer.from('\r\n\r\n');

/**
 * Answers every request with the same bytes as soon as its head has come, without looking at it: the least that a server
 * can do. It listens on loopback of the agent's stack only.
 * @returns the port.
 */
export async function serveNothing(): Promise<{ readonly port: number; readonly server: Server }> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      // A client has one request on its way, and sends it in one piece.
      for (let at = chunk.indexOf(headEnd); at !== -1; at = chunk.indexOf(headEnd, at + headEnd.length)) {
        socket.write(answer);
      }
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return { port: address.port, server };
}
