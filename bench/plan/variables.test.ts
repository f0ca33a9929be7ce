import { expect, test } from 'vitest';
import { unknownVariables, variables } from './variables.ts';

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
