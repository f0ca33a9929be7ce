import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

/**
 * Takes an image from one engine to another, by way of a file, as `docker save` and `docker load` do: without their
 * program, which not every machine has beside its engine.
 * @param address of the engine, `unix://…`.
 */
export async function saveImage(address: string, tag: string, file: string): Promise<void> {
  const answer = await asked(address, 'GET', `/images/${encodeURIComponent(tag)}/get`);
  await pipeline(answer, createWriteStream(file));
}

export async function loadImage(address: string, file: string): Promise<void> {
  const said = await text(await asked(address, 'POST', '/images/load?quiet=1', file));
  if (/"error"/.test(said)) throw new Error(`the engine did not load ${file}: ${said}`);
}

async function asked(address: string, method: string, path: string, file?: string): Promise<IncomingMessage> {
  const socketPath = address.replace(/^unix:\/\//, '');
  const headers =
    file === undefined
      ? {}
      : { 'Content-Type': 'application/x-tar', 'Content-Length': (await stat(file)).size };
  const sent = request({ socketPath, method, path, headers });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve).on('error', reject);
  });
  if (file === undefined) sent.end();
  else await pipeline(createReadStream(file), sent);
  const answer = await answered;
  if (answer.statusCode !== 200) {
    throw new Error(`${method} ${path}: HTTP ${answer.statusCode}: ${await text(answer)}`);
  }
  return answer;
}
