import net from 'node:net';

/*
 * The server of the benchmark, in a process of its own. It answers each request with the same 1 KiB and does
 * as little as it can, so that the load generator is what is measured. Prints its URL. Ends with its input.
 */
const body = 'x'.repeat(1024);
const response = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);

const server = net.createServer({ noDelay: true }, (socket) => {
  // Each connection has one request at a time, and each request comes in one piece.
  socket.on('data', () => socket.write(response));
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  process.stdout.write(`http://127.0.0.1:${address.port}/\n`);
});
process.stdin.resume().on('end', () => process.exit());
