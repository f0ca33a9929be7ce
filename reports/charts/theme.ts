import type { ChartConfig } from './svg.ts';

/** Inner width of every chart in CSS pixels: one column of a wide page, the whole of a narrow one. */
export const chartWidth = 440;

/** Colours are custom properties of the page, which defines them for light, dark and print. */
export const ink = 'var(--ink)';
export const quiet = 'var(--quiet)';
export const line = 'var(--line)';
export const band = 'var(--band)';
export const paper = 'var(--paper)';

export const chartConfig: ChartConfig = {
  background: 'transparent',
  font: 'Inter',
  padding: 2,
  view: { stroke: null },
  scale: { zero: false },
  axis: {
    labelFont: 'Inter',
    labelFontSize: 11.5,
    labelColor: quiet,
    labelLimit: 0,
    titleFont: 'Inter',
    titleFontSize: 12,
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
  text: { font: 'Inter', fontSize: 12, color: ink },
};
