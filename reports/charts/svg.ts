import type { TextWidth } from '../fonts/text-width.ts';
import { slimmed } from './slimmed.ts';
import type { Config, LoggerInterface, TopLevelSpec } from './vega.ts';

/** A specification, with the texts for a reader who cannot see the chart. */
export interface Chart {
  /** Unique in the page: every id of the drawing begins with it. */
  readonly id: string;
  readonly title: string;
  /** The finding, in a sentence or two. */
  readonly description: string;
  readonly spec: ChartSpec;
}

export type ChartSpec = TopLevelSpec;
export type ChartConfig = Config;

interface DrawingOptions {
  readonly textWidth: TextWidth;
  /** Receives Vega's warnings about a specification, for tests. Without it, they are not printed. */
  readonly onWarning?: (message: string) => void;
}

/** Vega's own switch for text widths. Its shape is checked when it is used. */
interface TextMetrics {
  width: (item: TextItem, text: unknown) => number;
}

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
  readonly limit?: number;
}

/**
 * Draws charts as SVG texts, deterministically and without a canvas. Vega is large, so it is loaded on the
 * first call: commands without a report do not wait for it.
 */
export async function drawCharts(
  charts: readonly Chart[],
  options: DrawingOptions,
): Promise<readonly string[]> {
  const vega = await import('./vega.ts');
  const metrics = textMetricsOf(vega.textMetrics);
  const logger = quietLogger(options.onWarning ?? (() => {}));
  const drawings: string[] = [];
  for (const chart of charts) {
    const { spec } = vega.compile(withDefaults(chart.spec), { logger });
    const view = new vega.View(vega.parse(spec), { renderer: 'none', logger });
    try {
      withTextWidth(metrics, options.textWidth, () => view.run());
      drawings.push(labelled(chart, await view.toSVG()));
    } finally {
      view.finalize();
    }
  }
  return drawings;
}

/** Keeps Vega from writing to the console, which is reserved for the command line's results and progress. */
function quietLogger(onWarning: (message: string) => void): LoggerInterface {
  function level(): number;
  function level(value: number): LoggerInterface;
  function level(value?: number): number | LoggerInterface {
    return value === undefined ? 0 : logger;
  }
  const tell = (...messages: readonly unknown[]) => {
    onWarning(messages.join(' '));
    return logger;
  };
  const ignore = () => logger;
  const logger: LoggerInterface = { level, warn: tell, error: tell, info: ignore, debug: ignore };
  return logger;
}

/** No text limits: a label is never cut, and writing the SVG after the layout needs no text widths. */
function withDefaults(spec: ChartSpec): ChartSpec {
  return {
    ...spec,
    config: {
      aria: false,
      ...spec.config,
      axis: { labelLimit: 0, titleLimit: 0, ...spec.config?.axis },
    },
  };
}

/**
 * Without a canvas, Vega takes a text to be 0.8 em a character wide: margins come out too wide and long
 * labels are cut. The only remedy is this process-wide function. It is replaced only while `layOut` runs,
 * which is synchronous, so no other code sees the replacement.
 */
function withTextWidth(metrics: TextMetrics, textWidth: TextWidth, layOut: () => void): void {
  const before = metrics.width;
  metrics.width = (item, text) =>
    textWidth(text === null || text === undefined ? '' : String(text), item.fontSize ?? 11, isBold(item));
  try {
    layOut();
  } finally {
    metrics.width = before;
  }
}

function isBold(item: TextItem): boolean {
  return item.fontWeight === 'bold' || Number(item.fontWeight) >= 600;
}

/**
 * @throws Error if a new Vega keeps its text metrics elsewhere. Without the error, charts would silently be
 * laid out wrong.
 */
function textMetricsOf(found: unknown): TextMetrics {
  if (!isTextMetrics(found)) throw new Error('vega no longer exports textMetrics.width');
  return found;
}

function isTextMetrics(value: unknown): value is TextMetrics {
  return typeof value === 'object' && value !== null && 'width' in value && typeof value.width === 'function';
}

/**
 * Makes the drawing scale to its container, be one image to a screen reader, and share no id with another
 * drawing.
 */
function labelled({ id, title, description }: Chart, svg: string): string {
  const viewBox = /viewBox="([^"]*)"/.exec(svg)?.[1] ?? '';
  const width = viewBox.split(' ')[2] ?? '';
  const root =
    `<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="${viewBox}" width="${width}" role="img"` +
    ` aria-labelledby="${id}-title ${id}-desc">` +
    `<title id="${id}-title">${escapeText(title)}</title>` +
    `<desc id="${id}-desc">${escapeText(description)}</desc>`;
  const drawing = svg.slice(svg.indexOf('>') + 1);
  return root + slimmed(withOwnIds(id, drawing));
}

/**
 * Vega numbers its clip paths through the whole process. The drawings of a page or of two runs must not
 * depend on these numbers.
 */
function withOwnIds(prefix: string, svg: string): string {
  const own = new Map<string, string>();
  function idOf(theirs: string): string {
    const id = own.get(theirs) ?? `${prefix}-${own.size + 1}`;
    own.set(theirs, id);
    return id;
  }
  return svg
    .replace(/url\(#([^)]+)\)/g, (_, id: string) => `url(#${idOf(id)})`)
    .replace(/ id="((?:clip|gradient_|pattern_)\d+)"/g, (_, id: string) => ` id="${idOf(id)}"`);
}

function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
