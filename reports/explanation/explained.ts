import type {
  Derivation,
  DerivationRow,
  DerivationStep,
  Quantity,
  UsedSlice,
} from '../../bench/model/derivation.ts';
import type { Explanation } from '../../bench/model/explanation.ts';
import type { Figure } from '../../bench/model/figure.ts';
import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import type { Slice } from '../../bench/model/slice.ts';
import type { Summary } from '../../bench/model/summary.ts';
import type { Analysis } from '../analysis/analyse.ts';
import { methodPage } from '../method-page.ts';

/** What the figures are of: what was recorded, what was computed from it, and what the report shows of that. */
export interface Reported {
  readonly recorded: RecordedRun;
  readonly analysis: Analysis;
  readonly summary: Summary;
}

/** A figure of the report and how it came about, which is put into words only when it is asked for. */
export interface ExplainedFigure extends Figure {
  readonly explain: () => Explanation;
}

export function derivation(
  { figure, shown }: Pick<Figure, 'figure' | 'shown'>,
  told: Pick<Derivation, 'kind' | 'question' | 'reported'>,
  steps: readonly DerivationStep[],
): Derivation {
  return { figure, shown, ...told, steps: [...steps], method: methodPage };
}

export function step(
  title: string,
  says: readonly string[],
  rows: readonly DerivationRow[] = [],
): DerivationStep {
  return { title, says: [...says], rows: [...rows] };
}

/** @param quantities by their names; the empty name is for the only one, or the first. */
export function row(
  of: string,
  quantities: Readonly<Record<string, Quantity>>,
  more: { readonly slices?: readonly UsedSlice[]; readonly note?: string } = {},
): DerivationRow {
  return {
    of,
    quantities: Object.entries(quantities).map(([name, it]) => (name === '' ? it : { name, ...it })),
    ...(more.note === undefined ? {} : { note: more.note }),
    ...(more.slices === undefined ? {} : { slices: [...more.slices] }),
  };
}

export function quantity(value: number, unit: Quantity['unit']): Quantity {
  return { value, unit };
}

export function count(value: number): Quantity {
  return { value, unit: 'count' };
}

type Uncounted = Exclude<Slice, { status: 'completed' }>;

/** The slices that do not count, with every reason. */
export function leftOutSlices(slices: readonly Slice[]): readonly UsedSlice[] {
  return slices.flatMap((slice): UsedSlice[] => {
    if (slice.status === 'completed') return [];
    const { round, block, status } = slice;
    return [{ round, block, why: `${status}: ${reasonsOf(slice)}` }];
  });
}

export function reasonsOf(slice: Uncounted): string {
  if (slice.status === 'failed') return slice.error.message;
  return slice.reasons.map(({ rule, message }) => `${rule}: ${message}`).join('; ');
}
