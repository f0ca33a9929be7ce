import { assertNever } from '../../bench/model/assert-never.ts';
import type { Quantity } from '../../bench/model/derivation.ts';
import {
  formatCount,
  formatNumber,
  formatPercent,
  formatPercentChange,
  formatPValue,
  formatValue,
} from '../format.ts';

/** A number that led to a figure, as a reader sees it. */
export function formatQuantity({ value, unit }: Quantity): string {
  switch (unit) {
    case 's':
    case 'requests/s':
      return formatValue(value, unit);
    case 'count':
      return formatCount(value);
    case 'ratio':
      return formatNumber(value, 4);
    case 'share':
      return formatPercent(value);
    case 'change':
      return formatPercentChange(value);
    case 'p':
      return formatPValue(value);
    default:
      return assertNever(unit);
  }
}
