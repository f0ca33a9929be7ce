import { differencePrinter } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import type { Step } from '../../bench/model/summary.ts';
import { type CellState, differenceIn, stateMarks, stateWords } from '../first-screen/cells.ts';
import { isShown } from './step-words.ts';

/** What the marks of a table say, each once: `! a cost is shown`. One mark may say two things: the sign tells which. */
export function legendOf(states: readonly CellState[]): readonly string[] {
  const words = new Map<string, string[]>();
  for (const state of Object.keys(stateMarks).filter(isState)) {
    if (!states.includes(state)) continue;
    const mark = stateMarks[state];
    words.set(mark, [...(words.get(mark) ?? []), stateWords[state]]);
  }
  return [...words].map(([mark, said]) => `${mark} ${said.join(', or ')}`);
}

/** A step has no verdict: its interval alone says whether it adds or saves something. */
export function stepState(step: Step): CellState {
  if (!isShown(step)) return 'open';
  return step.difference > 0 ? 'worse' : 'better';
}

/** What each step of a stair costs, all in one unit and with one precision: `+98 µs [+95, +101]`. */
export function stairCosts(steps: readonly Step[]): readonly string[] {
  const [first] = steps;
  if (first === undefined) return [];
  const print = differencePrinter(steps.map(differenceIn), metric(first.metric).unit);
  return steps.map((step) => {
    const { value, interval } = print(differenceIn(step));
    return `${value} ${interval}`;
  });
}

function isState(word: string): word is CellState {
  return word in stateMarks;
}

/** For columns: `−11,670/s` instead of `−11,670 requests/s`. */
export function shortUnits(text: string): string {
  return text.replaceAll(' requests/s', '/s');
}
