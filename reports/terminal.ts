import type { StyledText } from '../bench/model/styled-text.ts';
import { type FirstScreen, firstScreenOf } from './first-screen/first-screen.ts';
import type { ReportModel } from './report-model.ts';
import { answerLines } from './terminal/answer-lines.ts';
import { detailParts } from './terminal/detail-lines.ts';
import { type Line, paragraph } from './terminal/layout.ts';
import { stepLines } from './terminal/step-lines.ts';
import { wayLines } from './terminal/way-lines.ts';
import { stateNotice } from './words/run-state.ts';
import { stopWords } from './words/stop-words.ts';
import { verdictWarnings } from './words/verdict-warnings.ts';

interface TerminalOptions {
  /** Columns of the terminal: no line is longer. At least 40. */
  readonly width: number;
  /** Also all other figures, notes and warnings. */
  readonly all?: boolean;
}

/**
 * A run as text, in the order of the report's first screen: the finding, what was measured, the main results, what
 * they mean, and the reasons to trust them. Details follow where all is asked for.
 */
export function renderTerminal(
  model: ReportModel,
  { width: columns, all = false }: TerminalOptions,
): readonly StyledText[] {
  const width = Math.max(40, columns);
  const first = firstScreenOf(model);
  const parts: readonly (readonly Line[])[] = [
    headLines(first, model, width),
    ...resultParts(first, model, all, width),
    first.meaning === undefined ? [] : paragraph(`What that means: ${first.meaning}`, width),
    trustLines(first, model, width),
    ...(all ? detailParts(model, width) : [moreLines(model, width)]),
  ];
  const told = parts.filter((lines) => lines.length > 0);
  return told
    .flatMap((lines, index) => [...(index === 0 ? [] : [[]]), ...lines])
    .flatMap((line) => [...line, lineFeed]);
}

const lineFeed: StyledText = { text: '\n', style: 'plain' };

function headLines({ finding, measured }: FirstScreen, model: ReportModel, width: number): readonly Line[] {
  const notice = stateNotice(model);
  const stopped = stopWords(model.run);
  return [
    ...paragraph(`${finding}.`, width, 'bold'),
    ...(notice === undefined ? [] : paragraph(`${notice.state} ${notice.missing}`, width, 'yellow')),
    ...paragraph(measured, width, 'dim'),
    ...(stopped === undefined ? [] : paragraph(stopped, width, 'dim')),
  ];
}

/**
 * What the run is about comes first. The matrix of all paths has no absolute figures: the answers have them, and
 * stand in for a matrix that does not fit.
 */
function resultParts(
  { kind }: FirstScreen,
  model: ReportModel,
  all: boolean,
  width: number,
): readonly (readonly Line[])[] {
  const ways = kind === 'paths' ? wayLines(model, width) : undefined;
  const steps = stepLines(model, width);
  return [
    ...(kind === 'waterfall' ? [steps] : []),
    ways ?? [],
    ...(ways === undefined || all ? [answerLines(model, all, width)] : []),
    ...(all && kind !== 'waterfall' ? [steps] : []),
  ];
}

/** The four marks, and what keeps main results from being used. */
function trustLines({ trust }: FirstScreen, { summary }: ReportModel, width: number): readonly Line[] {
  return [
    ...trust.flatMap(({ passed, title, text }) =>
      paragraph(`${passed ? '✓' : '!'} ${title} ${text}`, width, passed ? 'plain' : 'yellow', '', '  '),
    ),
    ...verdictWarnings(summary).flatMap((it) => paragraph(`! ${it}`, width, 'yellow', '', '  ')),
  ];
}

function moreLines({ summary }: ReportModel, width: number): readonly Line[] {
  // The notice above says that a run is partial.
  const { length } = summary.warnings.filter(({ code }) => code !== 'partial-run');
  const warnings =
    length === 0 ? '' : length === 1 ? ' and the warning in full' : ` and ${length} warnings in full`;
  return paragraph(`All figures and notes${warnings}: --all.`, width, 'dim');
}
