import {
  formatDifferenceParts,
  formatPercent,
  formatPercentChange,
  formatSignedValue,
} from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import { isMeasured, type Overhead, type Summary } from '../../bench/model/summary.ts';
import { isSizeShown } from '../analysis/verdict.ts';
import { insteadOfNumbers, shortLevelWords } from '../words/overhead-words.ts';

/** What a reader is to think of one comparison. Colour follows it, and a mark and words say it as well. */
export type CellState = 'worse' | 'better' | 'equal' | 'open' | 'untrusted' | 'unmeasured';

/** The marks of the states, for layouts without room for words. */
export const stateMarks = {
  worse: '!',
  better: '!',
  equal: '=',
  open: '?',
  untrusted: '×',
  unmeasured: '–',
} as const satisfies Record<CellState, string>;

/** What the marks say, for the line below a table. */
export const stateWords = {
  worse: 'a cost is shown',
  better: 'a gain is shown',
  equal: 'shown to be too small to matter',
  open: 'nothing is shown',
  untrusted: 'do not use',
  unmeasured: 'not measured',
} as const satisfies Record<CellState, string>;

/** One main result, ready to be printed. */
export interface AnswerCell {
  readonly overhead: Overhead;
  readonly state: CellState;
  /** Absolute change: `+17.6 µs`. What to read instead of numbers, where there are none. */
  readonly change: string;
  /** `+18 %`; absent without numbers. */
  readonly percent?: string;
  /** Of the absolute change, in its unit: `[+16.9, +18.1]`. Absent without numbers, or with too few rounds. */
  readonly interval?: string;
  /** What the numbers alone do not say: `real, may be under 2 %`. */
  readonly note?: string;
}

/** @param level the plan's confidence. */
export function answerCell(overhead: Overhead, cases: Summary['cases'], level: number): AnswerCell {
  const state = stateOf(overhead);
  const instead = insteadOfNumbers(overhead, cases);
  if (!isMeasured(overhead) || instead !== undefined) {
    return { overhead, state, change: state === 'untrusted' ? 'do not use' : (instead ?? 'not measured') };
  }
  const { ratio, difference, differenceLow, differenceHigh, metric: name } = overhead;
  const { unit, margin } = metric(name);
  const percent = formatPercentChange(ratio);
  const short = shortLevelWords(overhead, level);
  if (short !== undefined) {
    return {
      ...{ overhead, state, percent, change: formatSignedValue(difference, unit) },
      note: `too few rounds for a ${formatPercent(level)} interval`,
    };
  }
  const { value, interval } = formatDifferenceParts(difference, differenceLow, differenceHigh, unit);
  const note = noteOf(state, overhead, margin);
  return { overhead, state, change: value, percent, interval, ...(note === undefined ? {} : { note }) };
}

function stateOf({ verdict }: Overhead): CellState {
  switch (verdict) {
    case 'slower':
      return 'worse';
    case 'faster':
      return 'better';
    case 'equivalent':
      return 'equal';
    case 'open':
      return 'open';
    case 'untrusted':
      return 'untrusted';
    case undefined:
      return 'unmeasured';
  }
}

function noteOf(state: CellState, overhead: Overhead, margin: number): string | undefined {
  if (!isMeasured(overhead)) return undefined;
  switch (state) {
    case 'worse':
    case 'better':
      return isSizeShown(overhead, margin) ? undefined : `real, may be under ${formatPercent(margin)}`;
    case 'equal':
      return `under ${formatPercent(margin)}`;
    case 'open':
      return 'not shown';
    case 'untrusted':
      return 'do not use';
    case 'unmeasured':
      return undefined;
  }
}
