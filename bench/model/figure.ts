import * as z from 'zod';

/** The subjects of a report's figures, in the order in which they are listed. */
export const figureKinds = [
  'overhead',
  'twin',
  'step',
  'case',
  'blocks',
  'slice-start',
  'rule',
  'left-out',
  'evidence',
  'run',
] as const;
export type FigureKind = (typeof figureKinds)[number];

/** A figure of the report, under the name by which a user asks for it. */
export const figureSchema = z.strictObject({
  figure: z
    .string()
    .describe(
      'server:profile:path:metric for an overhead, with path@twin for the twin and path@baseline for a path that is ' +
        'compared with two; all others begin with their kind, e.g. case:server:profile:path:metric.',
    ),
  kind: z.enum(figureKinds).describe('What it is a figure of.'),
  shown: z.string().describe('The figure as the report shows it.'),
  reported: z
    .record(z.string(), z.number())
    .describe('Its numbers, by their names in summary.json, in base units.'),
  declared: z
    .boolean()
    .describe(
      'True for figures of the metric that the profile declares, and for figures without a metric. Other figures are details.',
    ),
});
export type Figure = z.infer<typeof figureSchema>;

/** The figures that can be explained: `bench report RUN --explain --json`. */
export const figureListSchema = z.strictObject({
  figures: z.array(figureSchema).describe('In the order of the report.'),
});
export type FigureList = z.infer<typeof figureListSchema>;
