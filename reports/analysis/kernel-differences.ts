import type { Deployment } from '../../bench/model/case.ts';
import type { Evidence } from '../../bench/model/evidence.ts';
import { type KernelCounter, kernelCounterNames, kernelCounters } from '../../bench/model/kernel-counters.ts';
import type { Plan } from '../../bench/model/plan.ts';
import type { KernelDifference } from '../../bench/model/summary.ts';
import { asValues, median } from '../statistics/location.ts';

/** Fewer events in a round are left unsaid. */
const fewestEvents = 10;
/** One side has at least this many times the events of the other, request for request. */
const leastRatio = 2;
/** A difference in fewer rounds may be chance. */
const fewestRounds = 3;

/**
 * The counters of the kernel in which a deployment differs from its baseline, and those of the agent's stack and of the
 * host that are not silent. Each must do so in most rounds: all others explain nothing.
 */
export function kernelDifferences(
  { servers, comparisons }: Plan,
  evidence: readonly Evidence[],
): readonly KernelDifference[] {
  const between = servers.flatMap((server) =>
    comparisons.flatMap(({ baseline, contenders }) => {
      const of = (path: string, role: Deployment['role']) =>
        evidence.filter((it) => it.server === server && it.path === path && it.role === role);
      const own = of(baseline, 'baseline');
      return contenders.flatMap((path) =>
        ofScope('server', 'stack').flatMap((counter) => {
          const found = differing(counter, own, of(path, 'contender'));
          return found === undefined ? [] : [{ server, path, baseline, counter, ...found }];
        }),
      );
    }),
  );
  const shared = ofScope('agent', 'machine').flatMap((counter) => {
    const found = eventful(counter, evidence);
    return found === undefined ? [] : [{ counter, ...found }];
  });
  return [...between, ...shared];
}

function ofScope(...scopes: readonly string[]): readonly KernelCounter[] {
  return kernelCounterNames.filter((name) => scopes.includes(kernelCounters[name].scope));
}

type Compared = Pick<KernelDifference, 'events' | 'baselineEvents' | 'rounds' | 'differingRounds'>;

function differing(
  counter: KernelCounter,
  baseline: readonly Evidence[],
  contender: readonly Evidence[],
): Compared | undefined {
  const pairs = contender.flatMap(({ round, kernel }) => {
    const other = baseline.find((it) => it.round === round)?.kernel;
    const [to, from] = [kernel?.counts[counter], other?.counts[counter]];
    if (kernel === undefined || other === undefined || to === undefined || from === undefined) return [];
    if (kernel.requests === 0 || other.requests === 0) return [];
    const events = { to, from };
    return [{ events, rates: { to: to / kernel.requests, from: from / other.requests } }];
  });
  const more = pairs.filter(({ events, rates }) => differs(events.to, rates.to, rates.from));
  const less = pairs.filter(({ events, rates }) => differs(events.from, rates.from, rates.to));
  const most = Math.max(more.length, less.length);
  if (pairs.length < fewestRounds || 2 * most <= pairs.length) return undefined;
  const shown = pairs.map(({ events, rates }) =>
    kernelCounters[counter].per === 'request' ? rates : events,
  );
  const [events, baselineEvents] = [
    medianOf(shown.map(({ to }) => to)),
    medianOf(shown.map(({ from }) => from)),
  ];
  if (events === undefined || baselineEvents === undefined) return undefined;
  return { events, baselineEvents, rounds: pairs.length, differingRounds: most };
}

/** Whether one side has many events, and far more a request than the other. */
function differs(events: number, rate: number, otherRate: number): boolean {
  return events > fewestEvents && rate > leastRatio * otherRate;
}

/** Events that all deployments of a round share: the largest growth that one of them saw. */
function eventful(counter: KernelCounter, evidence: readonly Evidence[]) {
  const rounds = new Map<number, number>();
  for (const { round, kernel } of evidence) {
    const grown = kernel?.counts[counter];
    if (grown !== undefined) rounds.set(round, Math.max(grown, rounds.get(round) ?? 0));
  }
  const counts = [...rounds.values()];
  const many = counts.filter((it) => it > fewestEvents).length;
  const events = medianOf(counts);
  if (counts.length < fewestRounds || 2 * many <= counts.length || events === undefined) return undefined;
  return { events, rounds: counts.length, differingRounds: many };
}

function medianOf(values: readonly number[]): number | undefined {
  const some = asValues(values);
  return some === undefined ? undefined : median(some);
}
