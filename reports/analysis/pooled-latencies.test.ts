import { expect, test } from 'vitest';
import { caseId } from '../../bench/model/case.ts';
import { CasePooling } from './case-latencies.ts';
import { type PooledBefore, poolLatencies } from './pooled-latencies.ts';
import { bridgeCase, completedSlice, recordedCase } from './recorded-case.fixture.ts';

const places = [1, 2, 3].flatMap((round) => [1, 2].map((block) => ({ round, block, requests: 20_000 })));

/** The slices at these places, pooled in their order. */
function before(from: readonly { readonly round: number; readonly block: number }[]): PooledBefore {
  const pooling = new CasePooling();
  for (const { round, block } of from) {
    pooling.add(completedSlice(bridgeCase, { round, block, requests: 20_000 }));
  }
  return new Map([[caseId(bridgeCase), pooling.end()]]);
}

test('what was pooled before is taken where it holds just the slices that count', () => {
  const recorded = recordedCase(bridgeCase, places);
  const pooled = before(places);
  const { distributions, quantiles } = poolLatencies([recorded], pooled);
  expect(distributions[0]?.points).toBe(pooled.get(caseId(bridgeCase))?.points);
  const found = quantiles(recorded.rounds.get(1) ?? new Map(), [1, 2]);
  expect(found).toBe(pooled.get(caseId(bridgeCase))?.rounds.get(1)?.quantiles);
  expect(found['latency-p99']).toBeGreaterThan(0);
});

const [first, ...others] = places;
const last = places.at(-1);
if (first === undefined || last === undefined) throw new Error('there are places');

test.each([
  ['holds one that does not count', [...places, { round: 4, block: 1 }]],
  ['lacks one', others],
  ['has one twice', [first, ...places]],
  ['has one in place of another', [...places.slice(0, -1), { ...last, block: 7 }]],
  ['has a round that came back', [...others, first]],
  ['has every round twice', [...places, ...places]],
])('and not where it %s', (_, pooledOnes) => {
  const recorded = recordedCase(bridgeCase, places);
  const pooled = before(pooledOnes);
  const { distributions } = poolLatencies([recorded], pooled);
  expect(distributions).toEqual(poolLatencies([recorded]).distributions);
  expect(distributions[0]?.points).not.toBe(pooled.get(caseId(bridgeCase))?.points);
});
