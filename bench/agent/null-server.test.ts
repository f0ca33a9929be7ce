import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { serveNothing } from './null-server.ts';

async function answersTo(...pieces: readonly string[]): Promise<string> {
  const { port, server } = await serveNothing();
  onTestFinished(() => void server.close());
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let text = '';
  const all = pieces.join('').split('\r\n\r\n').length - 1;
  for (const piece of pieces) socket.write(piece);
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.split('HTTP/1.1 200 OK').length > all && text.endsWith('x')) break;
  }
  return text;
}

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx';

test('each request is answered by one byte', async () => {
  expect(await answersTo(get)).toBe(answer);
});

test('two requests in one piece are answered twice', async () => {
  expect(await answersTo(get + get)).toBe(answer + answer);
});
