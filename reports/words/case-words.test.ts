import { expect, test } from 'vitest';
import type { Summary } from '../../bench/model/summary.ts';
import {
  blockWords,
  busyWords,
  cpuMicroseconds,
  foreignWords,
  limitName,
  notShownWords,
  sliceStartWords,
} from './case-words.ts';

const group = { server: 'nginx', profile: 'latency', baseline: 'host/external' } as const;

test('blocks that are left out are told by group, and nothing where none is', () => {
  const blocks = [
    { ...group, measured: 40, disturbed: 3 },
    { ...group, profile: 'steady' as const, measured: 40, disturbed: 0 },
  ];
  expect(blockWords({ blocks })).toBe(
    'Blocks discarded for all their paths, because the machine was disturbed or the run ended: ' +
      'nginx latency against host/external: 3 of 40.',
  );
  expect(blockWords({ blocks: blocks.slice(1) })).toBeUndefined();
});

test('CPU time of others, with the largest of them', () => {
  const processes = [
    { name: 'chrome', share: 0.03 },
    { name: 'node', share: 0.0004 },
  ];
  expect(foreignWords({ foreign: { share: 0.071, processes } })).toBe(
    "Other processes took 7.1 % of the machine's CPU time (the largest: chrome, 3 %).",
  );
  expect(foreignWords({ foreign: { share: 0, processes: [] } })).toBe(
    "Other processes took 0 % of the machine's CPU time.",
  );
  expect(foreignWords({})).toBeUndefined();
});

test('whether slices begin as they continue', () => {
  const start: Summary['sliceStarts'][number] = {
    ...group,
    ...{ path: 'bridge/external/published', ratio: 1.08, ratioLow: 1.06, ratioHigh: 1.1 },
    ...{ rounds: 10, pValue: 0.5, differs: false },
  };
  expect(sliceStartWords({ sliceStarts: [start] }, 0.95)).toBe(
    'Slices begin as they continue: no ratio to the baseline differs between the first two turns and the others ' +
      '(1 comparison tested).',
  );
  expect(sliceStartWords({ sliceStarts: [start, { ...start, differs: true }] }, 0.95)).toBe(
    'Slices begin otherwise than they continue, in 1 of 2 comparisons tested: ' +
      'nginx bridge/external/published latency +8 % [+6, +10].',
  );
  expect(sliceStartWords({ sliceStarts: [{ ...start, rounds: 5 }] }, 0.95)).toBe(
    'Whether slices begin as they continue cannot be told with fewer than 6 rounds.',
  );
  expect(sliceStartWords({ sliceStarts: [] }, 0.95)).toBeUndefined();
});

test('what is not shown, and why', () => {
  const subject = { server: 'nginx', path: 'host/external', role: 'twin', profile: 'latency' } as const;
  const why = '875 of 1,000 responses in round 7';
  expect(notShownWords({ case: subject, metric: 'p90 latency', why })).toBe(
    'p90 latency of nginx host/external (twin), latency profile: 875 of 1,000 responses in round 7',
  );
});

test('what was not read is a dash, never 0', () => {
  expect([cpuMicroseconds(undefined), cpuMicroseconds(24.36), cpuMicroseconds(0)]).toEqual([
    '–',
    '24.4',
    '0.0',
  ]);
  expect([busyWords(undefined), busyWords(0.987), busyWords(1.002)]).toEqual(['–', '99 %', '100 %']);
});

test('who was the limit, also where nobody was or it cannot be told', () => {
  const named = (['server', 'proxy', 'agent', 'none'] as const).map((limit) =>
    limitName({ limit, server: 'apache' }),
  );
  expect(named).toEqual(['Apache', 'docker-proxy', 'the load generator', 'none']);
  expect(limitName({ server: 'apache' })).toBe('cannot be told');
});
