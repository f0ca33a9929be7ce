import type {
  Explanation,
  ExplanationRow,
  ExplanationStep,
  Quantity,
  UsedSlice,
} from '../../bench/model/explanation.ts';
import { formatCount } from '../../bench/model/format.ts';
import { oneLine } from '../../bench/model/printable.ts';
import { formatQuantity } from './quantity-words.ts';

/** An explanation as text, from the slices to the figure: every number that led to the next. */
export function renderExplanation({ figure, question, shown, steps, method }: Explanation): string {
  return [
    figure,
    question,
    '',
    oneLine(shown),
    ...steps.flatMap((step, index) => ['', ...stepLines(step, index + 1)]),
    '',
    `Formulas and sources: ${method}`,
    '',
  ].join('\n');
}

function stepLines({ title, says, rows }: ExplanationStep, number: number): readonly string[] {
  return [
    `${number}. ${title}`,
    ...says.map((it) => `   ${oneLine(it)}`),
    ...condensed(rows, 'rows', rowLines),
  ];
}

function rowLines({ of, quantities, note, slices }: ExplanationRow): readonly string[] {
  const told = [quantitiesText(quantities), ...(note === undefined ? [] : [oneLine(note)])].filter(
    (it) => it !== '',
  );
  // A row that is itself indented belongs to the one above it.
  const indent = of.length - of.trimStart().length;
  const head = `   ${' '.repeat(indent)}${oneLine(of.trimStart())}`;
  return [
    `${head}${told.length === 0 ? '' : `: ${told.join('; ')}`}`,
    ...(slices === undefined ? [] : sliceLines(slices, indent)),
  ];
}

function quantitiesText(quantities: readonly Quantity[]): string {
  return quantities
    .map((it) => `${it.name === undefined ? '' : `${it.name} `}${formatQuantity(it)}`)
    .join(', ');
}

/**
 * Puts slices with numbers alone side by side. Slices with a reason, or of several cases, have a line each.
 */
function sliceLines(slices: readonly UsedSlice[], indent: number): readonly string[] {
  const margin = ' '.repeat(5 + indent);
  if (slices.length === 0) return [];
  if (slices.every(({ of, why }) => of === undefined && why === undefined))
    return [margin + besideEachOther(slices)];
  return condensed(slices, 'slices', ({ of, round, block, quantities = [], why }) => {
    const place = `${of === undefined ? '' : `${of}, `}round ${round}, block ${block}`;
    const facts = [quantitiesText(quantities), why === undefined ? '' : oneLine(why)].filter(
      (it) => it !== '',
    );
    return [`${margin}${[place, ...facts].join(': ')}`];
  });
}

/** Most slices of a round that a line shows. */
const mostSlices = 8;

function besideEachOther(slices: readonly UsedSlice[]): string {
  const shown = slices
    .slice(0, mostSlices)
    .map(({ block, quantities = [] }) => `block ${block}: ${quantitiesText(quantities)}`);
  const left = slices.length - shown.length;
  return `${shown.join('; ')}${left > 0 ? ` and ${formatCount(left)} more` : ''}`;
}

/** Most lines of one kind that a text shows. All of them are in --json. */
const mostLines = 24;

/** The first and the last lines of many, and how many were left out between them. */
function condensed<T>(items: readonly T[], what: string, lines: (item: T) => readonly string[]) {
  if (items.length <= mostLines) return items.flatMap(lines);
  const each = mostLines / 2;
  const left = items.length - mostLines;
  return [
    ...items.slice(0, each).flatMap(lines),
    `   … ${formatCount(left)} more ${what}: all are in --json …`,
    ...items.slice(-each).flatMap(lines),
  ];
}
