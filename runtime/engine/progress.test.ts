import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { followProgress } from './progress.ts';

async function followed(...chunks: readonly string[]): Promise<readonly string[]> {
  const lines: string[] = [];
  await followProgress(Readable.from(chunks), (line) => lines.push(line));
  return lines;
}

test('lines are told whole, however they arrive; empty ones are not', async () => {
  expect(
    await followed(
      '{"stream":"Step 1/2 ',
      ': FROM scratch\\n"}\r\n{"status":"Pulling"}\n{"stream":"\\n"}',
      '\n{"stream":"last"}',
    ),
  ).toEqual(['Step 1/2 : FROM scratch', 'Pulling', 'last']);
});

test('what a terminal would take for colours or commands is left out', async () => {
  expect(await followed('{"stream":"\\u001b[91mE: Unable to locate package nginx\\u001b[0m"}\n')).toEqual([
    'E: Unable to locate package nginx',
  ]);
});

test('an error in the answer is an error, with the lines before and after it', async () => {
  const lines: string[] = [];
  const answer = Readable.from([
    '{"stream":"one"}\n{"error":"no space left"}\n{"stream":"two"}\n{"error":"x"}\n',
  ]);
  await expect(followProgress(answer, (line) => lines.push(line))).rejects.toThrow('no space left');
  expect(lines).toEqual(['one', 'two']);
});

test('a line that is no JSON says nothing and breaks nothing', async () => {
  expect(await followed('<html>\nnull\n[1]\n"text"\n{"stream":"one"}\n')).toEqual(['one']);
});

test('an answer that breaks off is an error', async () => {
  const answer = new PassThrough();
  answer.write('{"stream":"one"}\n');
  const following = followProgress(answer, () => answer.destroy());
  await expect(following).rejects.toThrow(/premature/i);
});

test('given up: the answer is closed, upon which the engine gives up as well', async () => {
  const answer = new PassThrough();
  const interruption = new AbortController();
  const following = followProgress(answer, () => interruption.abort(), interruption.signal);
  answer.write('{"stream":"one"}\n');
  await expect(following).rejects.toThrow();
  expect(answer.destroyed).toBe(true);
});
