import type { Derivation, DerivationRow, DerivationStep, UsedSlice } from '../../bench/model/derivation.ts';
import { oneLine } from '../../bench/model/printable.ts';
import { formatCount } from '../format.ts';
import { condensed } from './condensed.ts';
import { formatQuantity } from './quantity-words.ts';

/** A figure that is no comparison, from its slices to what the report shows. */
export function renderDerivation({ figure, question, shown, steps, method }: Derivation): string {
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

function stepLines({ title, says, rows }: DerivationStep, number: number): readonly string[] {
  return [
    `${number}. ${title}`,
    ...says.map((it) => `   ${oneLine(it)}`),
    ...condensed(rows, 'rows', rowLines),
  ];
}

function rowLines({ of, quantities, note, slices }: DerivationRow): readonly string[] {
  const numbers = quantities.map(({ name, ...it }) =>
    name === undefined ? formatQuantity(it) : `${name} ${formatQuantity(it)}`,
  );
  const told = [numbers.join(', '), ...(note === undefined ? [] : [oneLine(note)])].filter((it) => it !== '');
  return [
    `   ${of}${told.length === 0 ? '' : `: ${told.join('; ')}`}`,
    // A row that is itself indented belongs to the one above it.
    ...(slices === undefined ? [] : sliceLines(slices, of.length - of.trimStart().length)),
  ];
}

/** Slices with a value each side by side; those with a reason, or of several cases, a line each. */
function sliceLines(slices: readonly UsedSlice[], indent: number): readonly string[] {
  const margin = ' '.repeat(5 + indent);
  if (slices.length === 0) return [];
  if (slices.every(({ of, why }) => of === undefined && why === undefined))
    return [margin + valuesLine(slices)];
  return condensed(slices, 'slices', ({ of, round, block, quantity, why }) => {
    const place = `${of === undefined ? '' : `${of}, `}round ${round}, block ${block}`;
    const facts = [
      ...(quantity === undefined ? [] : [formatQuantity(quantity)]),
      ...(why === undefined ? [] : [oneLine(why)]),
    ];
    return [`${margin}${place}${facts.length === 0 ? '' : `: ${facts.join(': ')}`}`];
  });
}

/** Values of a round that a line shows at most. */
const mostValues = 16;

function valuesLine(slices: readonly UsedSlice[]): string {
  const shown = slices.slice(0, mostValues).map(({ block, quantity }) => {
    return quantity === undefined ? `block ${block} none` : `block ${block} ${formatQuantity(quantity)}`;
  });
  const left = slices.length - shown.length;
  return `${shown.join(', ')}${left > 0 ? ` and ${formatCount(left)} more` : ''}`;
}
