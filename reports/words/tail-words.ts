import { formatPercent, formatValue } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import type { CaseSummary, Summary } from '../../bench/model/summary.ts';
import { largestGapShare } from '../analysis/machine-quantiles.ts';
import { largestLagShare } from '../analysis/send-lag.ts';

/** How often the machine took the CPU away; `undefined` for a run without the paced profile. */
export function jitterWords({ jitter }: Pick<Summary, 'jitter'>): string | undefined {
  if (jitter === undefined) return undefined;
  const { p99Us, p999Us, longestUs } = jitter;
  const gap = (us: number) => (us === 0 ? 'under 1 µs' : formatValue(us, 'us'));
  return (
    `A loop on the load generator's CPU that only looked at the clock was held up: 99 % of its time was in gaps of at most ${gap(p99Us)}, ` +
    `99.9 % in gaps of at most ${gap(p999Us)}, and the longest gap was ${gap(longestUs)}. A quantile of which that is more than ` +
    `${formatPercent(largestGapShare)} is partly the machine's.`
  );
}

/** What the p99 of an open load is made of: `p99 from the actual send 180 µs, own lag of the load generator 8 µs`. */
export function openTimeWords({ open, values }: CaseSummary): string | undefined {
  if (open === undefined) return undefined;
  const { serviceTime, sendLag } = open;
  const far = values.latency_p999_us !== undefined && serviceTime.p999Us !== undefined;
  const name = metric(far ? 'latency_p999_us' : 'latency_p99_us').label.replace(/ latency$/, '');
  const [service, lag] = far ? [serviceTime.p999Us, sendLag.p999Us] : [serviceTime.p99Us, sendLag.p99Us];
  if (service === undefined || lag === undefined) return undefined;
  return `${name} from the actual send ${formatValue(service, 'us')}, own lag of the load generator ${formatValue(lag, 'us')}`;
}

/** When a quantile of an open load is shown, for those who see one missing. */
export const lagRuleWords =
  `A quantile is shown only where the load generator's own lag at that quantile is under ${formatPercent(largestLagShare)} of it: ` +
  'otherwise it says more about the load generator than about the path.';
