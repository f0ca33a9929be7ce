import * as vega from 'vega';

/*
 * All that charts need of Vega and Vega-Lite. `npm run build` bundles this file with both: they are some 270
 * files, which take Node four times as long to load as one.
 */
export { type LoggerInterface, parse, View } from 'vega';
export { type Config, compile, type TopLevelSpec } from 'vega-lite';

/** Vega's own switch for text widths. Its typings leave it out. */
export const textMetrics: unknown = Reflect.get(vega, 'textMetrics');
