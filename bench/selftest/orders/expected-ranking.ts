import { analyse } from '../../../reports/analysis/analyse.ts';
import { estimateOf } from '../../../reports/analysis/estimate.ts';
import { metric } from '../../model/metric.ts';
import type { PathId } from '../../model/path.ts';
import type { RecordedRun } from '../../model/recorded-run.ts';

/** Two paths whose order physics determines, whatever the machine. */
interface Order {
  readonly words: string;
  readonly from: PathId;
  readonly to: PathId;
  /** `slower`: `to` does all that `from` does, and more. `alike`: both do the same. `not-slower`: `to` does no more. */
  readonly must: 'slower' | 'alike' | 'not-slower';
}

const bridged = ['bridge', 'user-bridge', 'mapped'] as const;

const orders: readonly Order[] = [
  ...bridged.map(
    (mode): Order => ({
      words: `docker-proxy is slower than DNAT (${mode})`,
      from: `${mode}/host/published`,
      to: `${mode}/host/loopback`,
      must: 'slower',
    }),
  ),
  ...bridged.map(
    (mode): Order => ({
      words: `DNAT is slower than host mode, from a client over the link (${mode})`,
      from: 'host/external',
      to: `${mode}/external/published`,
      must: 'slower',
    }),
  ),
  {
    words: 'docker-proxy is slower than host mode over IPv6, from a client over the link',
    from: 'host/external/ipv6',
    to: 'bridge/external/published/ipv6',
    must: 'slower',
  },
  {
    words: 'mapped onto a holder on the bridge is like bridge, from a client over the link',
    from: 'bridge/external/published',
    to: 'mapped/external/published',
    must: 'alike',
  },
  {
    words: 'the side-car is not slower than host mode, each dialled at loopback of its own stack',
    from: 'host/inside',
    to: 'mapped/inside',
    must: 'not-slower',
  },
];

/**
 * One order as a run shows it: the median latency of `to` divided by that of `from`, with the plan's
 * confidence.
 */
interface OrderSeen {
  readonly words: string;
  readonly from: PathId;
  readonly to: PathId;
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  readonly rounds: number;
  readonly holds: boolean;
}

/**
 * The orders that physics demands on the median latency of the latency profile, as far as a run has both
 * paths. A difference counts as shown if its whole interval is beyond the metric's relevance margin.
 */
export function expectedRanking(recorded: RecordedRun): readonly OrderSeen[] {
  const { run } = recorded;
  const { groups, statistics } = analyse(recorded);
  const all = groups.flatMap(({ figures: { baseline, contenders } }) => [baseline, ...contenders]);
  const find = (path: PathId) =>
    all.find(({ recorded: { case: it } }) => it.path === path && it.profile === 'latency');
  const { usualMargin: margin } = metric('latency_p50_us');
  const { userlandProxy, iptables } = run.environment.engine;
  return orders.flatMap(({ words, from, to, must }): OrderSeen[] => {
    if (userlandProxy === false && words.startsWith('docker-proxy')) return [];
    if (iptables === false && words.includes('DNAT')) return [];
    const [before, after] = [find(from), find(to)];
    if (before === undefined || after === undefined) return [];
    const estimate = estimateOf(before, after, 'latency_p50_us', statistics);
    if (estimate === undefined) return [];
    const { low, high } = estimate.interval;
    const holds = {
      slower: low > 1 + margin,
      alike: low <= 1 + margin && high >= 1 - margin,
      'not-slower': low <= 1 + margin,
    }[must];
    return [{ words, from, to, ratio: estimate.ratio, low, high, rounds: estimate.rounds.length, holds }];
  });
}
