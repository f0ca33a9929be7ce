import { formatValue } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import { spokenName } from '../../bench/model/server.ts';
import type { Step } from '../../bench/model/summary.ts';
import type { ReportModel } from '../report-model.ts';
import { costWords, isShown, layerWords, stairsOf } from '../words/step-words.ts';
import { type Block, box, type Canvas, colors, line } from './canvas.ts';

const rowHeight = 34;
const barHeight = 16;
const labelWidth = 390;
const valueWidth = 210;
const size = 16;

/** The waterfall of each server's first question: a row for each layer, each bar beginning where the one above it ends. */
export function stairs(
  canvas: Canvas,
  { run, summary }: ReportModel,
  { left, right, top }: { readonly left: number; readonly right: number; readonly top: number },
): Block {
  const all = stairsOf(summary.steps ?? []);
  const shown = run.plan.servers.flatMap((server) => all.find(([first]) => first?.server === server) ?? []);
  let markup = '';
  let bottom = top;
  for (const server of run.plan.servers) {
    const steps = shown.filter((it) => it.server === server);
    const [first] = steps;
    if (first === undefined) continue;
    const { label, unit } = metric(first.metric);
    const title = `${spokenName(server)}, ${readerWords[first.profile].reader}: ${label}`;
    markup += line(canvas, title, left, bottom + size, { size, bold: true, color: colors.ink });
    bottom += 30;
    const end = Math.max(
      first.fromValue,
      ...heightsOf(first, steps).map(({ to, high }) => Math.max(to, high)),
    );
    const plot = { from: left + labelWidth, to: right - valueWidth };
    const at = (value: number) => plot.from + (value / end) * (plot.to - plot.from);
    const { engine } = run.environment;
    const rows = [
      {
        ...{ from: 0, to: first.fromValue, low: undefined, high: undefined, certain: true },
        ...{ name: layerWords(first.from, engine), value: formatValue(first.fromValue, unit) },
      },
      ...heightsOf(first, steps).map(({ step, ...height }) => ({
        ...{ ...height, certain: isShown(step) },
        ...{ name: layerWords(step.to, engine), value: costWords(step) },
      })),
    ];
    for (const { from, to, low, high, name, value, certain } of rows) {
      const middle = bottom + rowHeight / 2;
      const bar = {
        x: at(Math.min(from, to)),
        width: Math.abs(at(to) - at(from)),
        y: middle - barHeight / 2,
        height: barHeight,
      };
      markup += line(canvas, name, left, middle + 5.5, { size, color: colors.ink });
      markup += certain
        ? box(bar, colors.bar, ` stroke="${colors.ink}"`)
        : box(bar, colors.paper, ` stroke="${colors.ink}" stroke-dasharray="3 2"`);
      if (low !== undefined && high !== undefined) {
        markup += box({ x: at(low), width: at(high) - at(low), y: middle - 1.25, height: 2.5 }, colors.ink);
      }
      markup += line(
        canvas,
        value,
        right,
        middle + 5.5,
        { size, bold: certain, color: certain ? colors.ink : colors.quiet },
        'end',
      );
      bottom += rowHeight;
    }
    bottom += 12;
  }
  return { markup, bottom };
}

interface Height {
  readonly step: Step;
  readonly from: number;
  readonly to: number;
  readonly low: number;
  readonly high: number;
}

function heightsOf(first: Step, steps: readonly Step[]): readonly Height[] {
  let height = first.fromValue;
  return steps.map((step) => {
    const from = height;
    height += step.difference;
    return { step, from, to: height, low: from + step.differenceLow, high: from + step.differenceHigh };
  });
}
