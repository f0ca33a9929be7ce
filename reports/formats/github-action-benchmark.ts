import { dataNumber } from '../../bench/model/data-keys.ts';
import { formatPercent, formatRatioRange } from '../../bench/model/format.ts';
import { type Metric, metrics } from '../../bench/model/metric.ts';
import { printable } from '../../bench/model/printable.ts';
import { type ExportRow, type TrustedRatio, trustedRatios } from './export-rows.ts';

/**
 * The custom input of github-action-benchmark (https://github.com/benchmark-action/github-action-benchmark). The action
 * takes one direction a file: latencies and CPU time in one, capacities in the other. Absolute figures are left out:
 * the action raises alerts, and such figures change with the machine.
 */
export function renderGithubActionBenchmark(rows: readonly ExportRow[], better: Metric['better']): string {
  const entries = trustedRatios(rows).filter(({ metric }) => metrics[metric].better === better);
  return `${printable(JSON.stringify(entries.map(entryOf), null, 2))}\n`;
}

function entryOf({ name, baseline, value, low, high, confidence, rounds, verdict, record }: TrustedRatio) {
  return {
    name,
    unit: `x ${baseline}`,
    value: dataNumber(value),
    range: `± ${dataNumber((high - low) / 2)}`,
    extra: [
      `${formatPercent(confidence)} interval ${formatRatioRange(low, high)}, ${rounds} rounds`,
      ...(verdict === undefined ? [] : [verdict]),
      `run ${record.run.runId}`,
    ].join('\n'),
  };
}
