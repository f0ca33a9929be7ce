import { caseId } from '../../bench/model/case.ts';
import type {
  Explanation,
  ExplanationRow,
  ExplanationStep,
  Quantity,
  UsedSlice,
} from '../../bench/model/explanation.ts';
import type { Figure } from '../../bench/model/figure.ts';
import { present } from '../../bench/model/present.ts';
import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import type { Slice } from '../../bench/model/slice.ts';
import type { Summary } from '../../bench/model/summary.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { methodPage } from '../words/method-page.ts';

/**
 * The data behind the figures: what was recorded, what was computed from it, and what the report shows of
 * that.
 */
export interface Reported {
  readonly recorded: RecordedRun;
  readonly analysis: Analysis;
  readonly summary: Summary;
}

/** A figure of the report. Its explanation is put into words only when it is requested. */
export interface ExplainedFigure extends Figure {
  readonly explain: () => Explanation;
}

/**
 * The content of an explanation besides its figure's name. `reported` is computed once more, from the slices.
 */
export type Told = Pick<Explanation, 'question' | 'steps' | 'reported'>;

export function explainedFigure(figure: Figure, explain: () => Told): ExplainedFigure {
  const { declared: _, ...head } = figure;
  return { ...figure, explain: () => ({ ...head, ...explain(), method: methodPage }) };
}

export function step(
  title: string,
  says: readonly string[],
  rows: readonly ExplanationRow[] = [],
): ExplanationStep {
  return { title, says: [...says], rows: [...rows] };
}

/** Numbers by their names. The empty name means the only number, or the first. */
export type Quantities = Readonly<Record<string, Quantity | undefined>>;

export function row(
  of: string,
  quantities: Quantities,
  more: { readonly slices?: readonly UsedSlice[]; readonly note?: string } = {},
): ExplanationRow {
  return {
    of,
    quantities: quantitiesOf(quantities),
    ...present({ note: more.note }),
    ...(more.slices === undefined ? {} : { slices: [...more.slices] }),
  };
}

export function quantitiesOf(quantities: Quantities): Quantity[] {
  return Object.entries(quantities).flatMap(([name, it]) =>
    it === undefined ? [] : [name === '' ? it : { name, ...it }],
  );
}

export function quantity(value: number, unit: Quantity['unit']): Quantity {
  return { value, unit };
}

export function count(value: number): Quantity {
  return { value, unit: 'count' };
}

export function ratio(value: number): Quantity {
  return { value, unit: 'ratio' };
}

/** A quantity, or `undefined` if there is no value. */
export function known(value: number | undefined, unit: Quantity['unit']): Quantity | undefined {
  return value === undefined ? undefined : { value, unit };
}

/** The round and block of a slice. `placeOfCase` adds its case, for lists of several cases. */
export function placeOf({ round, block }: Slice): Pick<UsedSlice, 'round' | 'block'> {
  return { round, block };
}

export function placeOfCase(slice: Slice): Pick<UsedSlice, 'of' | 'round' | 'block'> {
  return { of: caseId(slice), ...placeOf(slice) };
}

type Uncounted = Exclude<Slice, { status: 'completed' }>;

/** The slices that are not completed, with every reason. */
export function brokenSlices(slices: readonly Slice[]): readonly UsedSlice[] {
  return slices.flatMap((slice): UsedSlice[] =>
    slice.status === 'completed' ? [] : [{ ...placeOf(slice), why: `${slice.status}: ${reasonsOf(slice)}` }],
  );
}

function reasonsOf(slice: Uncounted): string {
  if (slice.status === 'failed') return slice.error.message;
  return slice.reasons.map(({ rule, message }) => `${rule}: ${message}`).join('; ');
}
