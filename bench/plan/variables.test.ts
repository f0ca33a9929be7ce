import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ignoredWords, unknownVariables, variables } from './variables.ts';

test.each([
  ['BENCH_ROUDNS', 'BENCH_ROUNDS'],
  ['BENCH_MDOE', 'BENCH_MODE'],
  ['BENCH_MODES', 'BENCH_MODE'],
  ['BENCH_SLICESECONDS', 'BENCH_SLICE_SECONDS'],
  ['BENCH_OUTT', 'BENCH_OUT'],
  ['bench_seed', 'BENCH_SEED'],
  ['BENCH_ENGINE_TIMEOUTS', 'BENCH_ENGINE_TIMEOUT'],
])('%s is refused, with %s', (name, meant) => {
  expect(() => unknownVariables({ [name]: '3' })).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: `unknown variable ${name}`,
      hint: expect.stringContaining(`did you mean ${meant}? Variables: `),
    }),
  );
});

test('variables of bench, empty ones, and those without the prefix say nothing', () => {
  const ours = Object.fromEntries(variables.map((name) => [name, '1']));
  expect(unknownVariables({ ...ours, BENCH_ROUDNS: '', BENCHROUNDS: '1', HOME: '/root' })).toEqual([]);
});

test.each(['BENCH_HOME', 'BENCH_TOKEN', 'BENCH_CPU', 'BENCH_'])(
  "%s is near none of ours: it may be another program's, and is only said",
  (name) => {
    expect(unknownVariables({ [name]: '1' })).toEqual([name]);
  },
);

test.each([
  ['BENCH_TOKEN', 'unknown variable BENCH_TOKEN: ignored'],
  ['BENCH_HOME', 'unknown variable BENCH_HOME: ignored (nearest: BENCH_MODE)'],
])('%s is said with the nearest of ours, if one is near', (name, said) => {
  expect(ignoredWords(name)).toBe(said);
});

test('every variable that the sources read is one that bench knows', () => {
  const root = join(import.meta.dirname, '..', '..');
  const read = ['bench', 'runtime', 'reports']
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
        join(folder, file),
      ),
    )
    .filter((file) => /\.ts$/.test(file) && !/\.(test|fixture)\.ts$/.test(file))
    .flatMap((file) => [...readFileSync(join(root, file), 'utf8').matchAll(/env\['(BENCH_\w+)'\]/g)])
    .map(([, name]) => name);
  expect(read).toContain('BENCH_ENGINE_TIMEOUT');
  for (const name of read) expect(variables).toContain(name);
});
