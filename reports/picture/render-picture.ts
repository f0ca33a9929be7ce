import { firstScreenOf, type RunKind } from '../first-screen/first-screen.ts';
import type { TrustMark } from '../first-screen/trust-marks.ts';
import { type ReportFont, textWidthOf } from '../fonts/text-width.ts';
import type { ReportModel } from '../report-model.ts';
import { stateNotice } from '../words/run-state.ts';
import { verdictWarnings } from '../words/verdict-warnings.ts';
import { answerTable } from './answer-table.ts';
import { type Block, box, type Canvas, colors, escaped, line, paragraph, rounded } from './canvas.ts';
import { matrixTable } from './matrix-table.ts';
import { stairs } from './stairs.ts';

const width = 1200;
const margin = 48;
const left = margin;
const right = width - margin;

const bodies = {
  modes: answerTable,
  waterfall: stairs,
  paths: matrixTable,
} as const satisfies Record<RunKind, unknown>;

/**
 * report.svg: the first screen of the report as a card, for chats and READMEs. It needs no style sheet and no font
 * file: its texts keep their widths in whatever font there is.
 */
export function renderPicture(model: ReportModel, font: ReportFont): string {
  const canvas: Canvas = { textWidth: textWidthOf(font) };
  const { kind, finding, measured, meaning, trust } = firstScreenOf(model);
  const column = { x: left, width: right - left };
  const head = paragraph(
    canvas,
    [{ text: finding }],
    { ...column, top: margin - 8 },
    {
      size: 30,
      bold: true,
      color: colors.ink,
    },
  );
  const setting = paragraph(
    canvas,
    [{ text: measured }],
    { ...column, top: head.bottom + 8 },
    {
      size: 15,
      color: colors.quiet,
    },
  );
  const body = bodies[kind](canvas, model, { left, right, top: setting.bottom + 22 });
  const said =
    meaning === undefined
      ? { markup: '', bottom: body.bottom }
      : meaningBand(canvas, meaning, body.bottom + 20);
  const warned = warningList(canvas, warningsOf(model), said.bottom + 18);
  const marks = trustList(canvas, trust, warned.bottom + 2);
  const from = line(
    canvas,
    `bench · run ${model.run.runId}`,
    right,
    marks.bottom + 26,
    { size: 13, color: colors.quiet },
    'end',
  );
  const height = rounded(marks.bottom + 26 + 22);
  const description = [
    measured,
    meaning,
    ...warningsOf(model),
    ...trust.map(({ title, text }) => `${title} ${text}`),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="finding detail" font-family="${font.family}, system-ui, sans-serif" font-kerning="none" fill="none">
<title id="finding">${escaped(finding)}</title>
<desc id="detail">${escaped(description.filter((it) => it !== undefined).join(' '))}</desc>
${box({ x: 0, y: 0, width, height }, colors.paper)}${head.markup}${setting.markup}${body.markup}${said.markup}${warned.markup}${marks.markup}${from}</svg>
`;
}

function meaningBand(canvas: Canvas, meaning: string, top: number): Block {
  const text = paragraph(
    canvas,
    [{ text: 'What that means.', bold: true }, { text: meaning }],
    { x: left + 16, top: top + 11, width: right - left - 32 },
    { size: 15, color: colors.ink },
  );
  const bottom = text.bottom + 9;
  const band = box({ x: left, y: top, width: right - left, height: bottom - top }, colors.tint, ' rx="6"');
  return { markup: band + text.markup, bottom };
}

/** That the run is not whole, and what may not be used: a picture is passed on without its report. */
function warningsOf(model: ReportModel): readonly string[] {
  const notice = stateNotice(model);
  const state = notice === undefined ? [] : [`${notice.state} ${notice.missing}`];
  return [...state, ...verdictWarnings(model.summary)];
}

function warningList(canvas: Canvas, warnings: readonly string[], top: number): Block {
  let markup = '';
  let bottom = top;
  for (const warning of warnings) {
    const place = { x: left + 24, top: bottom, width: right - left - 24 };
    const text = paragraph(canvas, [{ text: warning.replaceAll('`', '') }], place, {
      size: 15,
      color: colors.ink,
    });
    markup += exclamation(canvas, left, bottom) + text.markup;
    bottom = text.bottom + 5;
  }
  return { markup, bottom };
}

/** Two columns, each mark with its sign: a tick or an exclamation mark, and never its colour alone. */
function trustList(canvas: Canvas, trust: readonly TrustMark[], top: number): Block {
  const columnWidth = (right - left) / 2;
  let markup = '';
  let bottom = top;
  for (let index = 0; index < trust.length; index += 2) {
    const rowTop = bottom;
    for (const [place, mark] of trust.slice(index, index + 2).entries()) {
      const x = left + place * columnWidth;
      const text = paragraph(
        canvas,
        [{ text: mark.title, bold: true }, { text: mark.text }],
        { x: x + 24, top: rowTop, width: columnWidth - 48 },
        { size: 15, color: colors.ink },
      );
      markup += (mark.passed ? tick(x, rowTop) : exclamation(canvas, x, rowTop)) + text.markup;
      bottom = Math.max(bottom, text.bottom + 5);
    }
  }
  return { markup, bottom };
}

/** Drawn, because the report's font has no such sign. */
function tick(x: number, top: number): string {
  return `<path d="M${x + 1},${rounded(top + 10)}l4.5,4.5l8.5,-9.5" stroke="${colors.better}" stroke-width="2.5"/>\n`;
}

function exclamation(canvas: Canvas, x: number, top: number): string {
  return line(canvas, '!', x + 5, top + 15, { size: 17, bold: true, color: colors.warning });
}
