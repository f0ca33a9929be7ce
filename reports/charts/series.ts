import type { Case } from '../../bench/model/case.ts';
import { type NetworkMode, type PathId, pathOf } from '../../bench/model/path.ts';
import { twinLabel } from '../words/overhead-words.ts';

/** How one deployment looks in every chart of a report: the same colour for the same mode everywhere. */
export interface Series {
  readonly path: PathId;
  readonly role: Case['role'];
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

/** Series of all deployments, in the order in which they first appear. */
export function seriesOf(subjects: readonly { readonly path: PathId; readonly role: Case['role'] }[]) {
  const found = new Map<string, Series>();
  for (const { path, role } of subjects) {
    const label = role === 'twin' ? twinLabel(path) : path;
    if (found.has(label)) continue;
    const mode = pathOf(path).mode;
    const color = `var(--mode-${mode})`;
    const sameMode = [...found.values()].filter((it) => it.color === color && it.role !== 'twin');
    const further = furtherDashes[(sameMode.length - 1) % furtherDashes.length];
    const look = looks[mode];
    const dash = role === 'twin' ? twinDash : (further ?? look.dash);
    found.set(label, { path, role, label, color, shape: look.shape, dash });
  }
  return [...found.values()];
}
