import { assertNever } from '../../bench/model/assert-never.ts';
import type { Quantity } from '../../bench/model/explanation.ts';
import {
  formatCount,
  formatNumber,
  formatPercent,
  formatPValue,
  formatSeconds,
  formatValue,
} from '../../bench/model/format.ts';

/** A number that led to a figure, as a reader sees it. */
export function formatQuantity({ value, unit }: Pick<Quantity, 'value' | 'unit'>): string {
  switch (unit) {
    case 'us':
    case 'rps':
    case 'mbs':
      return formatValue(value, unit);
    case 's':
      return formatSeconds(value);
    case 'count':
      return formatCount(value);
    case 'ratio':
      return formatNumber(value, 4);
    case 'share':
      return formatPercent(value);
    case 'p':
      return formatPValue(value);
    default:
      return assertNever(unit);
  }
}
