import { capital } from '../../bench/model/capital.ts';
import { formatValue } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import { pathOf } from '../../bench/model/path.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import { spokenName } from '../../bench/model/server.ts';
import type { Overhead } from '../../bench/model/summary.ts';
import { type Answers, answersOf } from '../answers.ts';
import { type AnswerCell, answerCells, type CellState } from '../first-screen/cells.ts';
import type { ReportModel } from '../report-model.ts';
import { baselineWords } from '../words/baseline-words.ts';
import { questionWords } from '../words/overhead-words.ts';
import { pathName } from '../words/path-words.ts';
import { verdictLabel } from '../words/verdict-words.ts';
import { type Block, type Canvas, type Color, colors, line, paragraph, rule } from './canvas.ts';

const labelWidth = 336;
const sizes = { label: 18, change: 22, small: 14 } as const;

/** The colour of a figure: only a shown difference has one, and its sign and its note say the same. */
export const stateColors = {
  worse: colors.worse,
  better: colors.better,
  equal: colors.ink,
  open: colors.ink,
  untrusted: colors.quiet,
  unmeasured: colors.quiet,
} as const satisfies Record<CellState, Color>;

/** The table of a run that compares modes: a row for each server and mode, a column for each question. */
export function answerTable(
  canvas: Canvas,
  model: ReportModel,
  { left, right, top }: { readonly left: number; readonly right: number; readonly top: number },
): Block {
  const answers = answersOf(model);
  const columns = [
    ...new Map(answers.flatMap(questionsOf).map((it) => [`${it.profile} ${it.metric}`, it])).values(),
  ];
  const columnWidth = (right - left - labelWidth) / Math.max(1, columns.length);
  const at = (index: number) => left + labelWidth + index * columnWidth;
  const room = columnWidth - 16;
  let markup = line(canvas, `Compared with ${baselineWords(model.run.plan).name}`, left, top + sizes.small, {
    size: sizes.small,
    color: colors.quiet,
  });
  let bottom = top;
  for (const [index, column] of columns.entries()) {
    const unit = metric(column.metric).unit === 'rps' ? ', requests' : '';
    const place = { x: at(index), width: room };
    const style = { size: sizes.small, color: colors.quiet };
    const question = [{ text: `${capital(questionWords(column))}${unit}`, bold: true }];
    const named = paragraph(canvas, question, { ...place, top }, style);
    const load = [{ text: readerWords[column.profile].reader }];
    const drawn = paragraph(canvas, load, { ...place, top: named.bottom }, style);
    markup += named.markup + drawn.markup;
    bottom = Math.max(bottom, drawn.bottom);
  }
  bottom += 8;

  /** A row with its line above it. Cells are drawn from the row's top. */
  function row(
    label: string,
    hint: string,
    cells: readonly ((x: number, y: number) => Block)[],
    quiet: boolean,
  ): void {
    markup += rule(left, right, bottom);
    const from = bottom + 9;
    const style = { size: sizes.label, bold: !quiet, color: quiet ? colors.quiet : colors.ink };
    const named = paragraph(
      canvas,
      [{ text: label }],
      { x: left, top: from + 2, width: labelWidth - 16 },
      style,
    );
    const hinted = paragraph(
      canvas,
      [{ text: hint }],
      { x: left, top: named.bottom, width: labelWidth - 16 },
      { size: sizes.small, color: colors.quiet },
    );
    const drawn = cells.map((draw, index) => draw(at(index), from));
    markup += named.markup + hinted.markup + drawn.map((it) => it.markup).join('');
    bottom = Math.max(hinted.bottom, ...drawn.map((it) => it.bottom)) + 7;
  }

  for (const server of answers) {
    const name = spokenName(server.server);
    row(
      `${name}, ${pathOf(server.baseline).mode}`,
      model.run.plan.service?.running === undefined
        ? ''
        : (pathName(server.baseline, model.run.plan).hint ?? ''),
      columns.map((column) => (x, y) => {
        const value = server.values.find((it) => it.metric === column.metric);
        const text =
          value === undefined
            ? '–'
            : formatValue(value.baselineValue, metric(column.metric).unit).replace(' requests/s', '/s');
        return {
          markup: line(canvas, text, x, y + 2 + sizes.label, { size: sizes.label, color: colors.quiet }),
          bottom: y + 4 + sizes.label,
        };
      }),
      true,
    );
    const contenders = server.paths.filter(({ role }) => role === 'contender');
    const printed = columns.map((column) => {
      const own = contenders.flatMap(({ overheads }) => overheads.filter((it) => isOf(it, column)));
      return answerCells(own, model.summary.cases, model.run.plan.confidence);
    });
    for (const path of contenders) {
      const { mode, hint = '' } = pathName(path.path, model.run.plan);
      const same = path.sameAs === undefined ? '' : `, the same path as ${pathOf(path.sameAs).mode}`;
      const cells = printed.map((column) => {
        const cell = column.find(({ overhead }) => overhead.path === path.path);
        return (x: number, y: number) => answerBlock(canvas, cell, x, y, room);
      });
      row(`${name}, ${mode}`, `${hint}${same}`, cells, false);
    }
  }
  return { markup: markup + rule(left, right, bottom), bottom };
}

/** The questions of a server's main results, in their order. */
function questionsOf({ paths }: Answers): readonly Question[] {
  return paths.flatMap(({ overheads }) =>
    overheads.map(({ profile, metric: name }) => ({ profile, metric: name })),
  );
}

type Question = Pick<Overhead, 'profile' | 'metric'>;

function isOf(overhead: Overhead, { profile, metric: name }: Question): boolean {
  return overhead.profile === profile && overhead.metric === name;
}

/** The change large, and below it what makes it precise. */
function answerBlock(
  canvas: Canvas,
  cell: AnswerCell | undefined,
  x: number,
  y: number,
  width: number,
): Block {
  if (cell === undefined) {
    return {
      markup: line(canvas, '–', x, y + sizes.change, { size: sizes.label, color: colors.quiet }),
      bottom: y + sizes.change,
    };
  }
  const { overhead, change, percent, interval, note, state } = cell;
  const word = state === 'worse' || state === 'better' ? verdictLabel(overhead) : note;
  const quiet = { size: sizes.small, color: colors.quiet };
  // What is told instead of a number is a sentence, and not larger than one.
  if (percent === undefined) {
    const told = [change, note].filter((it) => it !== undefined).join(': ');
    return paragraph(canvas, [{ text: told }], { x, top: y, width }, quiet);
  }
  // The head of the column says of what.
  const large = change.replace(' requests/s', '/s');
  const style = { size: sizes.change, bold: true, color: stateColors[state] };
  const place = x + canvas.textWidth(large, sizes.change, true) + 7;
  const baseline = y + sizes.change;
  const small = [interval, percent].filter((it) => it !== undefined).join(' · ');
  const below = paragraph(canvas, [{ text: small }], { x, top: baseline + 6, width }, quiet);
  return {
    markup:
      line(canvas, large, x, baseline, style) +
      line(canvas, word ?? '', place, baseline, quiet) +
      below.markup,
    bottom: below.bottom,
  };
}
