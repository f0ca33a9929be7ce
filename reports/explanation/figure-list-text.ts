import { type Figure, type FigureKind, type FigureList, figureKinds } from '../../bench/model/figure.ts';
import { grouped } from '../../bench/model/grouped.ts';
import { oneLine } from '../../bench/model/printable.ts';

const titles = {
  overhead: 'Overheads: ratio to the baseline',
  twin: 'Twins: the A/A control, ratio to the baseline',
  step: 'Steps: what each layer adds',
  case: 'Cases: each by itself, medians over rounds',
  blocks: 'Blocks of each group that count',
  'slice-start': 'Slice starts: the first two turns against the others',
  rule: 'Rules of validity',
  'left-out': 'Left out: slices by case and rule',
  evidence: 'Path evidence',
  run: 'The run',
} as const satisfies Record<FigureKind, string>;

/** Longest text of a figure in the list. */
const mostShown = 90;

/**
 * Lists the figures that can be explained. Each subject has one line, with its first figure, which is the
 * declared metric's. The other figures of such subjects are listed once a group, so that a run of 60 cases
 * stays readable.
 */
export function renderFigureList({ figures }: FigureList): string {
  const groups = figureKinds.flatMap((kind) => {
    const own = figures.filter((it) => it.kind === kind);
    return own.length === 0 ? [] : [groupLines(titles[kind], own)];
  });
  if (groups.length === 0) return 'This run has no figure to explain.\n';
  return `${groups.map((lines) => lines.join('\n')).join('\n\n')}\n\n${footer}\n`;
}

const footer =
  'How one came about: bench report RUN --explain FIGURE. With a part of a name, e.g. --explain bridge/external, the figures\n' +
  'that have it, each on a line.';

/** All figures that have the requested text in their name, each on a line. */
export function renderFoundFigures({ figures }: FigureList): string {
  return `${linesOf(figures).join('\n')}\n`;
}

function groupLines(title: string, figures: readonly Figure[]): readonly string[] {
  const bySubject = grouped(figures, (figure) => partsOf(figure).subject);
  // Rules and similar figures are separate subjects, so each has its own line.
  const single = figures.every(({ declared }) => declared);
  if (single) return [title, ...linesOf(figures)];
  const first = [...bySubject.values()].map(([it]) => it);
  const others = [...new Set([...bySubject.values()].flat().map((it) => partsOf(it).part))];
  return [
    title,
    ...linesOf(first),
    `  also available, in place of the last part of the name: ${others.join(', ')}`,
  ];
}

function linesOf(figures: readonly Figure[]): readonly string[] {
  const width = Math.max(...figures.map(({ figure }) => figure.length));
  return figures.map(({ figure, shown }) => {
    const text = oneLine(shown);
    return `  ${figure.padEnd(width)}  ${text.length > mostShown ? `${text.slice(0, mostShown - 1)}…` : text}`;
  });
}

function partsOf({ figure }: Figure): { readonly subject: string; readonly part: string } {
  const at = figure.lastIndexOf(':');
  return { subject: figure.slice(0, at), part: figure.slice(at + 1) };
}
