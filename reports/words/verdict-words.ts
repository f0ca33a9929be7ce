import { type Metric, marginOf, metric } from '../../bench/model/metric.ts';
import { isMeasured, type Overhead } from '../../bench/model/summary.ts';
import { isSizeShown } from '../analysis/verdict.ts';

/** What a shown difference is called: CPU time is not slower, it is more. */
const shownWords = {
  latency: { slower: 'slower', faster: 'faster' },
  tail: { slower: 'slower', faster: 'faster' },
  cpu: { slower: 'more CPU', faster: 'less CPU' },
  capacity: { slower: 'less capacity', faster: 'more capacity' },
} as const satisfies Record<Metric['kind'], Record<'slower' | 'faster', string>>;

/**
 * A verdict as a reader is told it; `undefined` of a figure that gets none.
 * `slower, maybe slightly`: a difference is shown, but not that it is beyond the relevance margin.
 */
export function verdictLabel(overhead: Overhead): string | undefined {
  const { kind } = metric(overhead.metric);
  switch (overhead.verdict) {
    case 'slower':
    case 'faster': {
      const word = shownWords[kind][overhead.verdict];
      return isMeasured(overhead) && !isSizeShown(overhead, marginOf(overhead))
        ? `${word}, maybe slightly`
        : word;
    }
    case 'equivalent':
      return 'equal';
    case 'open':
      return 'open';
    case 'untrusted':
      return 'do not use';
    case undefined:
      return overhead.declared ? 'not measured' : undefined;
  }
}
