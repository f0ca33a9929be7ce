import { formatPercentChange } from '../../bench/model/format.ts';
import { metrics } from '../../bench/model/metric.ts';
import { oneLine } from '../../bench/model/printable.ts';
import { type ExportRow, trustedRatios } from './export-rows.ts';

/**
 * The endpoint of a shields.io badge (https://shields.io/badges/endpoint-badge): the first declared comparison of the
 * run. Its colour is that of information: whether a cost is too high is what `bench gate` says.
 */
export function renderBadge(rows: readonly ExportRow[]): string {
  const [first] = trustedRatios(rows);
  const badge =
    first === undefined
      ? { schemaVersion: 1, label: 'network cost', message: 'untrusted', color: 'lightgrey' }
      : {
          schemaVersion: 1,
          label: oneLine(`${first.server} ${metrics[first.metric].label}, ${first.path}`),
          message: formatPercentChange(first.value),
          color: 'blue',
        };
  return `${JSON.stringify(badge, null, 2)}\n`;
}
