import { expect, test } from 'vitest';
import type { Slice } from '../../bench/model/slice.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { judgeByOfferedRate } from './offered-rate.ts';

const { slices } = syntheticRun({ seed: 7, rounds: 2, blocks: 4, servers: ['nginx'] });

const isPaced = (slice: Slice) => slice.profile === 'steady' && slice.path === 'host/external';
const ofRound = (round: number, all: readonly Slice[]) =>
  all.filter((slice) => isPaced(slice) && slice.round === round && slice.role === 'baseline');

/** The slices, with these shares of the offered rate sent to host mode in the blocks of round 1. */
function sent(...shares: readonly number[]): readonly Slice[] {
  return judgeByOfferedRate(
    slices.map((slice) => {
      const share = shares[slice.block - 1];
      if (!isPaced(slice) || slice.round !== 1 || slice.status !== 'completed' || share === undefined) {
        return slice;
      }
      const { pacing } = slice;
      if (pacing === undefined) throw new Error('the steady profile is paced');
      return {
        ...slice,
        wallSeconds: 0.2,
        pacing: { ...pacing, sentPerSecond: pacing.offeredPerSecond * share },
      };
    }),
  );
}

test('a pause in one slice does not break the rule: the slices of a round are judged together', () => {
  const own = ofRound(1, sent(1, 1, 1, 0.97));
  expect(own).toHaveLength(4);
  expect(own.map(({ status }) => status)).toEqual(Array(4).fill('completed'));
  for (const slice of own) {
    if (slice.status !== 'completed') throw new Error('not measured');
    expect(slice.figures.offered_rate).toBeCloseTo(0.9925, 12);
  }
});

test('a round that was sent less than its rate has no figure, and the other rounds keep theirs', () => {
  const judged = sent(0.985, 0.985, 0.985, 1);
  const own = ofRound(1, judged);
  expect(own).toHaveLength(4);
  for (const slice of own) {
    if (slice.status !== 'invalid') throw new Error('it counts');
    expect(slice.reasons).toEqual([
      {
        rule: 'offered_rate',
        message: '98.9 % of the offered requests were sent in the round: the limit is 99 %',
      },
    ]);
  }
  expect(ofRound(2, judged).map(({ status }) => status)).toEqual(Array(4).fill('completed'));
});

test('slices that another rule leaves out do not count for the rate', () => {
  const [first] = ofRound(1, slices);
  if (first?.status !== 'completed' || first.pacing === undefined) throw new Error('no paced slice');
  const disturbed: Slice = {
    ...first,
    status: 'invalid',
    pacing: { ...first.pacing, sentPerSecond: 0 },
    reasons: [{ rule: 'cpu_steal', message: 'the hypervisor took 30 %' }],
  };
  const judged = judgeByOfferedRate(slices.map((slice) => (slice === first ? disturbed : slice)));
  expect(ofRound(1, judged).map(({ status }) => status)).toEqual(['invalid', ...Array(3).fill('completed')]);
  const alone = judgeByOfferedRate([disturbed])[0];
  expect(alone).toMatchObject({ status: 'invalid', reasons: disturbed.reasons });
  expect(alone?.status === 'invalid' && alone.figures).not.toHaveProperty('offered_rate');
});
