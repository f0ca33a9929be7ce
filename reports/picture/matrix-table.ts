import { metric } from '../../bench/model/metric.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import { spokenName } from '../../bench/model/server.ts';
import { stateMarks, stateWords } from '../first-screen/cells.ts';
import { type Matrix, matricesOf } from '../first-screen/matrix.ts';
import type { ReportModel } from '../report-model.ts';
import { stateColors } from './answer-table.ts';
import { type Block, type Canvas, colors, line, paragraph, rule } from './canvas.ts';

const labelWidth = 175;
const sizes = { title: 16, head: 13, label: 16, percent: 18, small: 13 } as const;

/** The matrix of a run of all paths: a row a mode, a column a client. Only the first question of the first server has room. */
export function matrixTable(
  canvas: Canvas,
  model: ReportModel,
  { left, right, top }: { readonly left: number; readonly right: number; readonly top: number },
): Block {
  const [matrix] = matricesOf(model);
  if (matrix === undefined) return { markup: '', bottom: top };
  const { columns, rows } = matrix;
  const columnWidth = (right - left - labelWidth) / Math.max(1, columns.length);
  const at = (index: number) => left + labelWidth + index * columnWidth;
  let markup = line(canvas, titleOf(matrix), left, top + sizes.title, {
    size: sizes.title,
    bold: true,
    color: colors.ink,
  });
  const headTop = top + 32;
  let bottom = headTop;
  const head = { size: sizes.head, color: colors.quiet };
  for (const [index, { client }] of columns.entries()) {
    if (columns[index - 1]?.client === client) continue;
    const span = columns.filter((it) => it.client === client).length;
    const place = { x: at(index), top: headTop, width: span * columnWidth - 14 };
    const drawn = paragraph(canvas, [{ text: client, bold: true }], place, head);
    markup += drawn.markup;
    bottom = Math.max(bottom, drawn.bottom);
  }
  const addressTop = bottom;
  for (const [index, { address }] of columns.entries()) {
    if (address === undefined) continue;
    const place = { x: at(index), top: addressTop, width: columnWidth - 14 };
    const drawn = paragraph(canvas, [{ text: address }], place, head);
    markup += drawn.markup;
    bottom = Math.max(bottom, drawn.bottom);
  }
  bottom += 8;
  for (const { mode, cells } of rows) {
    markup += rule(left, right, bottom);
    const baseline = bottom + 24;
    markup += line(canvas, mode, left, baseline, { size: sizes.label, bold: true, color: colors.ink });
    for (const [index, found] of cells.entries()) {
      const x = at(index);
      if (found === undefined) {
        markup += line(canvas, '·', x, baseline, { size: sizes.label, color: colors.quiet });
        continue;
      }
      const { state, percent, change } = found.cell;
      const large = percent === undefined ? change : `${percent} ${stateMarks[state]}`;
      const size = percent === undefined ? sizes.small : sizes.percent;
      markup += line(canvas, large, x, baseline, {
        size,
        bold: percent !== undefined,
        color: stateColors[state],
      });
      if (percent !== undefined) {
        markup += line(canvas, change, x, baseline + 18, { size: sizes.small, color: colors.quiet });
      }
    }
    bottom += 52;
  }
  markup += rule(left, right, bottom);
  const key = paragraph(
    canvas,
    [{ text: keyWords(matrix) }],
    { x: left, top: bottom + 8, width: right - left },
    { size: sizes.small, color: colors.quiet },
  );
  return { markup: markup + key.markup, bottom: key.bottom };
}

function titleOf({ server, profile, metric: name }: Matrix): string {
  return `${spokenName(server)}, ${readerWords[profile].reader}: change of the ${metric(name).label} against host mode`;
}

/** The marks that the matrix has, and what they say. */
function keyWords({ rows }: Matrix): string {
  const states = rows.flatMap(({ cells }) =>
    cells.flatMap((it) => (it === undefined ? [] : [it.cell.state])),
  );
  const said = [...new Set(states)].map((state) => `${stateMarks[state]} ${stateWords[state]}`);
  return [...said, '· no such path'].join('; ');
}
