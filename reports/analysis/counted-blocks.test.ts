import { expect, test } from 'vitest';
import type { Slice } from '../../bench/model/slice.ts';
import { bridgePath, mappedPath } from '../synthetic-run.fixture.ts';
import { groupBlocks } from './counted-blocks.ts';
import {
  baselineCase,
  bridgeCase,
  completedSlice,
  contenderOf,
  groupOf,
  invalid,
  mappedCase,
} from './recorded-case.fixture.ts';
import type { GroupFigures } from './round-figures.ts';

const cases = [baselineCase, bridgeCase, mappedCase];

/** Two rounds of two blocks of three cases; `change` may turn a slice into another or leave it out. */
function group(change: (slice: ReturnType<typeof completedSlice>) => Slice | undefined): GroupFigures {
  const places = [1, 2].flatMap((round) => [1, 2].map((block) => ({ round, block })));
  return groupOf(
    places.flatMap((place) => cases.flatMap((subject) => change(completedSlice(subject, place)) ?? [])),
  );
}

/** Rounds and blocks that each path's figures rest on. */
function used(figures: GroupFigures) {
  const of = ({ rounds }: GroupFigures['baseline']) =>
    rounds.map(({ round, blocks }) => `${round}: ${blocks.join(' ')}`);
  return {
    host: of(figures.baseline),
    bridge: of(contenderOf(figures, bridgePath)),
    mapped: of(contenderOf(figures, mappedPath)),
  };
}

test('where nothing happened, every block counts', () => {
  const all = ['1: 1 2', '2: 1 2'];
  expect(used(group((slice) => slice))).toEqual({ host: all, bridge: all, mapped: all });
});

test('a block in which the machine was disturbed is left out for all cases that take turns in it', () => {
  const figures = group((slice) =>
    slice.round === 1 && slice.block === 2 && slice.path === bridgePath
      ? invalid(slice, 'foreign_cpu', 'other processes used 30 %')
      : slice,
  );
  const without = ['1: 1', '2: 1 2'];
  expect(used(figures)).toEqual({ host: without, bridge: without, mapped: without });
  expect(groupBlocks(figures.group, figures.blocks)).toMatchObject({ measured: 4, disturbed: 1 });
  expect(figures.baseline.missed).toEqual([]);
});

test("a case's own fault costs that case the round, and no other case anything", () => {
  const figures = group((slice) =>
    slice.round === 1 && slice.block === 2 && slice.path === bridgePath
      ? invalid(slice, 'faults', '3 connection errors')
      : slice,
  );
  const all = ['1: 1 2', '2: 1 2'];
  expect(used(figures)).toEqual({ host: all, bridge: ['2: 1 2'], mapped: all });
  expect(contenderOf(figures, bridgePath).missed).toEqual([
    { round: 1, rule: 'faults', message: '3 connection errors' },
  ]);
  expect(groupBlocks(figures.group, figures.blocks)).toMatchObject({ measured: 4, disturbed: 0 });
});

test('a slice that failed is a fault of its case', () => {
  const figures = group((slice) => {
    const { server, path, role, profile, round, block, position, startedAt } = slice;
    return path === mappedPath && round === 2 && block === 1
      ? {
          ...{ server, path, role, profile, round, block, position, startedAt },
          status: 'failed',
          error: { message: 'the server went away' },
        }
      : slice;
  });
  expect(used(figures).mapped).toEqual(['1: 1 2']);
  expect(contenderOf(figures, mappedPath).missed).toEqual([
    { round: 2, rule: 'failed', message: 'the server went away' },
  ]);
});

test('a fault in a block that does not count anyway costs nothing more', () => {
  const figures = group((slice) => {
    if (slice.round !== 1 || slice.block !== 2) return slice;
    return slice.path === bridgePath
      ? invalid(slice, 'faults', '3 connection errors')
      : invalid(slice, 'cpu_steal', 'the hypervisor took 5 %');
  });
  expect(used(figures).bridge).toEqual(['1: 1', '2: 1 2']);
});

test('a round all of whose blocks were disturbed has no figure', () => {
  const figures = group((slice) =>
    slice.round === 1 ? invalid(slice, 'memory_stall', 'tasks waited') : slice,
  );
  expect(used(figures).host).toEqual(['2: 1 2']);
  expect(figures.baseline.missed).toEqual([
    { round: 1, rule: 'disturbed', message: 'no block of the round counts' },
  ]);
});

test('the block that a run ended in does not count for those who finished it, and is no disturbance', () => {
  const figures = group((slice) =>
    slice.round === 2 && slice.block === 2 && slice.path === mappedPath ? undefined : slice,
  );
  const without = ['1: 1 2', '2: 1'];
  expect(used(figures)).toEqual({ host: without, bridge: without, mapped: without });
  expect(groupBlocks(figures.group, figures.blocks)).toMatchObject({ measured: 3, disturbed: 0 });
});

test('nor does it count where a case did not begin the round', () => {
  const figures = group((slice) => (slice.round === 2 && slice.path === mappedPath ? undefined : slice));
  expect(used(figures)).toEqual({ host: ['1: 1 2'], bridge: ['1: 1 2'], mapped: ['1: 1 2'] });
});

test('a case of which nothing was recorded takes no block from the others', () => {
  const figures = group((slice) => (slice.path === mappedPath ? undefined : slice));
  expect(used(figures).bridge).toEqual(['1: 1 2', '2: 1 2']);
});
