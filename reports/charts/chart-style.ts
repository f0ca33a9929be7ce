import { drawingWidth } from './theme.ts';

/**
 * The style of charts in a page. A column is never narrower than the drawings are made for, except on a screen that
 * is narrower itself, so that their text keeps its size.
 */
export const chartStyle = `
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, ${drawingWidth - 10}px), 1fr)); gap: 28px 32px;
  margin: 16px 0 24px; align-items: start; }
svg.chart { display: block; width: 100%; max-width: 420px; height: auto; overflow: visible; font-feature-settings: normal;
  font-kerning: none; font-family: Inter; font-variant-ligatures: none; }
.texts_marks text { paint-order: stroke; stroke: var(--paper); stroke-width: 3px; }
@media print {
  .charts { grid-template-columns: 1fr 1fr; gap: 14pt; }
}
`;
