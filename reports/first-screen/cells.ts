import {
  changeOf,
  changePrinter,
  differencePrinter,
  type Estimated,
  formatPercent,
  formatPercentChange,
  formatSignedValue,
  type PrintedEstimate,
} from '../../bench/model/format.ts';
import { marginOf, metric } from '../../bench/model/metric.ts';
import { present } from '../../bench/model/present.ts';
import {
  isMeasured,
  type MeasuredOverhead,
  type Overhead,
  type Step,
  type Summary,
} from '../../bench/model/summary.ts';
import { isSizeShown } from '../analysis/verdict.ts';
import { shortLevelWords, whyNoNumbers } from '../words/overhead-words.ts';

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
  open: 'open: no difference is shown',
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
  /** Of the percentage, as precise as its interval is. Absent where `interval` is. */
  readonly changeParts?: PrintedEstimate;
  /** What the numbers alone do not say: `real, may be under 2 %`. */
  readonly note?: string;
}

/** @param level the plan's confidence. */
export function answerCell(overhead: Overhead, cases: Summary['cases'], level: number): AnswerCell {
  return cellIn(overhead, printersOf([overhead]), cases, level);
}

/**
 * The main results of one column: one metric of one server. They are printed in one unit and with one precision, so
 * that a reader can compare them digit by digit.
 */
export function answerCells(
  column: readonly Overhead[],
  cases: Summary['cases'],
  level: number,
): readonly AnswerCell[] {
  const print = printersOf(column);
  return column.map((it) => cellIn(it, print, cases, level));
}

interface Printers {
  readonly difference: (it: Estimated) => PrintedEstimate;
  readonly change: (it: Estimated) => PrintedEstimate;
}

function printersOf(column: readonly Overhead[]): Printers {
  const first = column[0] ?? { metric: 'latency_p50_us' };
  const { unit } = metric(first.metric);
  const measured = column.filter(isMeasured);
  return {
    difference: differencePrinter(measured.map(differenceIn), unit),
    change: changePrinter(measured.map(changeOf), marginOf(first)),
  };
}

function cellIn(overhead: Overhead, print: Printers, cases: Summary['cases'], level: number): AnswerCell {
  const state = stateOf(overhead);
  const why = whyNoNumbers(overhead, cases);
  if (!isMeasured(overhead) || why !== undefined) {
    if (state === 'untrusted') return { overhead, state, change: 'do not use' };
    return { overhead, state, change: 'not measured', ...present({ note: why }) };
  }
  const { ratio, difference, metric: name } = overhead;
  const { unit } = metric(name);
  const percent = formatPercentChange(ratio);
  const short = shortLevelWords(overhead, level);
  if (short !== undefined) {
    return {
      ...{ overhead, state, percent, change: formatSignedValue(difference, unit) },
      note: `too few rounds for a ${formatPercent(level)} interval`,
    };
  }
  const { value, interval } = print.difference(differenceIn(overhead));
  const note = noteOf(state, overhead);
  return {
    ...{ overhead, state, change: value, percent, interval, changeParts: print.change(changeOf(overhead)) },
    ...present({ note }),
  };
}

export function differenceIn({
  difference,
  differenceLow,
  differenceHigh,
}: MeasuredOverhead | Step): Estimated {
  return { value: difference, low: differenceLow, high: differenceHigh };
}

export function stateOf({ verdict }: Pick<Overhead, 'verdict'>): CellState {
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

function noteOf(state: CellState, overhead: Overhead): string | undefined {
  if (!isMeasured(overhead)) return undefined;
  const margin = marginOf(overhead);
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
