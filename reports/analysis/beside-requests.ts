import type { Deployment } from '../../bench/model/case.ts';
import type { Evidence } from '../../bench/model/evidence.ts';
import type { Plan } from '../../bench/model/plan.ts';
import { present } from '../../bench/model/present.ts';
import { isProbed } from '../../bench/model/probed-rounds.ts';
import { type BesideKind, type BesideRequests, besideKinds } from '../../bench/model/summary.ts';
import { asValues, median } from '../statistics/location.ts';
import type { Statistics } from './estimate.ts';
import { type ByRound, byRound, pairedChange } from './paired-change.ts';

/** Where servers start one by one in some rounds, the others say nothing about how long a start takes. */
export function showsStart(plan: Plan, round: number): boolean {
  return plan.probes !== true || isProbed(plan, round);
}

/** Seconds of one kind in one round; `undefined` where they were not timed. */
const secondsOf: Readonly<Record<BesideKind, (evidence: Evidence) => number | undefined>> = {
  create: ({ start }) => start?.createSeconds,
  start: ({ start }) => start?.startSeconds,
  answer: ({ start }) => start?.answerSeconds,
  ready: ({ start }) =>
    start?.answerSeconds === undefined
      ? undefined
      : (start.createSeconds ?? 0) + start.startSeconds + start.answerSeconds,
  connect: ({ probes }) => medianOf(probes?.connect),
  request: ({ probes }) => medianOf(probes?.request),
};

function medianOf(timed: NonNullable<Evidence['probes']>['connect'] | undefined): number | undefined {
  return timed !== undefined && 'p50Us' in timed ? timed.p50Us / 1e6 : undefined;
}

/**
 * What each deployment costs besides requests, over its rounds, and how it differs from the baseline. Rounds are paired
 * and estimated as those of every other figure. Each interval has the plan's level by itself.
 */
export function besideRequests(
  plan: Plan,
  recorded: readonly Evidence[],
  statistics: Statistics,
): readonly BesideRequests[] {
  const { servers, comparisons } = plan;
  const evidence = recorded.filter(({ round }) => showsStart(plan, round));
  return besideKinds.flatMap((what) =>
    servers.flatMap((server) =>
      comparisons.flatMap(({ baseline, contenders }) => {
        const roundsOf = (path: string, role: Deployment['role']) =>
          byRound(
            evidence.filter((it) => it.server === server && it.path === path && it.role === role),
            secondsOf[what],
          );
        const own = roundsOf(baseline, 'baseline');
        const head = { server, baseline, what };
        return [
          ...rowOf({ ...head, path: baseline, role: 'baseline' as const }, own),
          ...[{ path: baseline, role: 'twin' as const }, ...contenders.map(asContender)].flatMap((it) => {
            const rounds = roundsOf(it.path, it.role);
            return rowOf({ ...head, ...it }, rounds, comparedWith(own, rounds, statistics));
          }),
        ];
      }),
    ),
  );
}

function asContender(path: string) {
  return { path, role: 'contender' as const };
}

function rowOf(
  head: Pick<BesideRequests, 'server' | 'path' | 'role' | 'baseline' | 'what'>,
  rounds: ByRound,
  compared?: BesideRequests['compared'],
): readonly BesideRequests[] {
  const seconds = asValues([...rounds.values()]);
  if (seconds === undefined) return [];
  return [
    {
      ...head,
      rounds: seconds.length,
      medianSeconds: median(seconds),
      lowestSeconds: Math.min(...seconds),
      highestSeconds: Math.max(...seconds),
      ...present({ compared }),
    },
  ];
}

function comparedWith(
  baseline: ByRound,
  contender: ByRound,
  statistics: Statistics,
): BesideRequests['compared'] | undefined {
  const change = pairedChange(baseline, contender, statistics);
  if (change === undefined) return undefined;
  const { difference, differenceLow, differenceHigh, ...others } = change;
  return {
    ...others,
    differenceSeconds: difference,
    differenceLowSeconds: differenceLow,
    differenceHighSeconds: differenceHigh,
  };
}
