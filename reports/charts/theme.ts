import type { ChartConfig } from './svg.ts';

/**
 * Width of every drawing in CSS pixels, margins included. It is that of the narrowest screen that a report is
 * made for, so one drawing serves all screens: a wide page puts three of them side by side. Text is larger than
 * the 12 pixels that a reader needs, for screens that are narrower still.
 */
export const drawingWidth = 340;
export const textSize = 12.5;
/** Inner width of a chart without an axis at its side. */
export const chartWidth = 336;

/** Colours are custom properties of the page, which defines them for light, dark and print. */
export const ink = 'var(--ink)';
export const quiet = 'var(--quiet)';
export const band = 'var(--band)';
export const paper = 'var(--paper)';
const line = 'var(--line)';

export const chartConfig: ChartConfig = {
  background: 'transparent',
  font: 'Inter',
  padding: 2,
  view: { stroke: null },
  scale: { zero: false },
  axis: {
    labelFont: 'Inter',
    labelFontSize: textSize,
    labelColor: quiet,
    labelLimit: 0,
    titleFont: 'Inter',
    titleFontSize: textSize,
    titleFontWeight: 400,
    titleColor: quiet,
    titleLimit: 0,
    titlePadding: 8,
    domainColor: line,
    tickColor: line,
    tickSize: 4,
    gridColor: line,
    gridOpacity: 0.6,
  },
  text: { font: 'Inter', fontSize: textSize, color: ink },
};

/** For a chart with an axis at its side: the plot gets what the axis leaves of the drawing's width. */
export const besideAxis = {
  width: drawingWidth,
  autosize: { type: 'fit-x', contains: 'padding' },
  config: chartConfig,
} as const;
