import { type Series, seriesOf } from '../charts/series.ts';
import type { Chart } from '../charts/svg.ts';
import type { ReportModel } from '../report-model.ts';
import { type Html, html, trusted } from './markup.ts';

export interface Drawing {
  readonly chart: Chart;
  readonly svg: string;
}

/** Small multiples under one legend: three columns on a wide page, one on a narrow one. */
export function figures(
  model: ReportModel,
  drawings: readonly Drawing[],
  further: readonly Html[] = [],
): Html {
  if (drawings.length === 0) return html`<p>Nothing to draw: no slice of this run counts.</p>`;
  return html`${legend(model, further)}
<div class="charts">${drawings.map(
    ({ chart, svg }) => html`
<figure><figcaption>${chart.title}</figcaption>${trusted(svg)}</figure>`,
  )}
</div>`;
}

/** The legend is HTML and not part of the drawings: it wraps, and one legend serves all drawings. */
function legend(model: ReportModel, further: readonly Html[]): Html {
  return html`<ul class="legend" aria-label="Legend">${seriesOf(model.summary.cases).map(
    (series) => html`<li>${swatch(series)}${series.label}</li>`,
  )}${further}</ul>`;
}

const outlines = {
  circle: 'M14,6a4,4 0 1,0 8,0a4,4 0 1,0 -8,0',
  square: 'M14.5,2.5h7v7h-7z',
  diamond: 'M18,1l5,5l-5,5l-5,-5z',
  'triangle-up': 'M18,1.5l4.6,8h-9.2z',
  'triangle-down': 'M18,10.5l4.6,-8h-9.2z',
} as const satisfies Record<Series['shape'], string>;

function swatch(series: Series): Html {
  const fill = series.role === 'twin' ? 'var(--paper)' : series.color;
  return html`<svg width="36" height="12" viewBox="0 0 36 12" aria-hidden="true"><path d="M0,6h36" fill="none" stroke="${series.color}" stroke-width="2" stroke-dasharray="${series.dash.join(' ')}"/><path d="${outlines[series.shape]}" fill="${fill}" stroke="${series.color}" stroke-width="1.5"/></svg>`;
}

/** Legend of the timeline for slices that do not count, which are marked by their shape. */
export const uncountedLegend: readonly Html[] = [
  html`<li><svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true"><path d="M2,2l8,8M10,2l-8,8" stroke="currentColor" stroke-width="2"/></svg>invalid slice</li>`,
  html`<li><svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true"><path d="M6,1l5,9h-10z" fill="currentColor"/></svg>failed slice</li>`,
];
