import type { Case } from '../../bench/model/case.ts';
import { type NetworkMode, pathOf } from '../../bench/model/path.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import { twinWord } from '../words/baseline-words.ts';

/**
 * How one deployment looks in every chart of a report: the same colour for the same mode everywhere. What differs
 * only in where the client stands is one series, because no panel has clients in two places.
 */
export interface Series {
  readonly role: Case['role'];
  /** `bridge`, `bridge by loopback`, `host (second copy)`. */
  readonly label: string;
  /** A CSS colour: a custom property of the page, so that it follows the light or the dark theme. */
  readonly color: string;
  readonly shape: Shape;
  readonly dash: readonly number[];
}

export type Shape = 'circle' | 'square' | 'diamond' | 'triangle-up' | 'triangle-down';

/** Two modes never differ by colour alone: each also has a shape and a dash. */
const looks = {
  native: { shape: 'triangle-down', dash: [1, 2] },
  host: { shape: 'circle', dash: [] },
  bridge: { shape: 'square', dash: [] },
  'user-bridge': { shape: 'triangle-up', dash: [5, 2] },
  mapped: { shape: 'diamond', dash: [7, 4] },
  none: { shape: 'triangle-down', dash: [1, 3] },
  macvlan: { shape: 'triangle-up', dash: [8, 2, 2, 2] },
  overlay: { shape: 'triangle-down', dash: [4, 2, 1, 2] },
} as const satisfies Record<NetworkMode, { readonly shape: Shape; readonly dash: readonly number[] }>;

const twinDash = [2, 3] as const;
/** For further paths of one mode, e.g. by another address: the same colour, another dash. */
const furtherDashes: readonly (readonly number[])[] = [
  [10, 3],
  [3, 3],
  [1, 3],
];

type Subject = Pick<Case, 'path' | 'role'>;

/** The series of the subjects, in the order in which they first appear. */
export function seriesOf(subjects: readonly Subject[]): readonly Series[] {
  const found = new Map<string, Series>();
  for (const subject of subjects) {
    const label = seriesLabel(subject);
    if (found.has(label)) continue;
    const { role } = subject;
    const { mode } = pathOf(subject.path);
    const color = `var(--mode-${mode})`;
    const sameMode = [...found.values()].filter((it) => it.color === color && it.role !== 'twin');
    const further = furtherDashes[(sameMode.length - 1) % furtherDashes.length];
    const look = looks[mode];
    found.set(label, {
      ...{ role, label, color, shape: look.shape },
      dash: role === 'twin' ? twinDash : (further ?? look.dash),
    });
  }
  return [...found.values()];
}

/** How one of these deployments looks. */
export function lookOf(series: readonly Series[], subject: Subject): Series {
  const label = seriesLabel(subject);
  const found = series.find((it) => it.label === label);
  if (found === undefined) throw new Error(`no series is called ${label}`);
  return found;
}

/** The mode, and the dialled address where the client could dial several. Where the client stands is not told. */
function seriesLabel({ path, role }: Subject): string {
  const { mode, vantage, address, family } = pathOf(path);
  const several = address !== undefined && vantage !== 'external';
  return [
    mode,
    several ? ` ${readerWords[address].reader}` : '',
    family === undefined ? '' : ', IPv6',
    role === 'twin' ? ` (${twinWord(path)})` : '',
  ].join('');
}

/** How the lines of a chart are dashed, each by its series. */
export function dashes(lines: readonly { readonly series: Series }[]) {
  return {
    field: 'label',
    type: 'nominal',
    scale: {
      domain: lines.map(({ series }) => series.label),
      range: lines.map(({ series }) => [...(series.dash.length === 0 ? [1, 0] : series.dash)]),
    },
    legend: null,
  } as const;
}
