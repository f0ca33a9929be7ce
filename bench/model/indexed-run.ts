import * as z from 'zod';
import { fingerprintGroups, fingerprintOf, loadFingerprint, seriesKey } from './fingerprint.ts';
import { metricNameSchema } from './metric.ts';
import { pathIdSchema } from './path.ts';
import { profileNameSchema } from './profile.ts';
import { type Run, runIdSchema, runStateSchema } from './run.ts';
import { serverNameSchema } from './server.ts';
import { overheadSchema, verdicts } from './summary.ts';

const [measured] = overheadSchema.options;
const { shape } = measured;

/** What a history needs of an overhead. */
export const indexedOverheadSchema = z.strictObject({
  server: serverNameSchema,
  profile: profileNameSchema,
  path: pathIdSchema,
  baseline: pathIdSchema,
  metric: metricNameSchema,
  declared: z.boolean(),
  verdict: z.enum(verdicts).optional(),
  ratio: shape.ratio.optional(),
  ratioLow: shape.ratioLow.optional(),
  ratioHigh: shape.ratioHigh.optional(),
  confidence: shape.confidence.optional(),
  rounds: shape.rounds.optional(),
});
export type IndexedOverhead = z.infer<typeof indexedOverheadSchema>;

const key = z.string().regex(/^[0-9a-f]{12}$/);

/** One line of the index of a history: all that a history needs of one run. */
export const indexedRunSchema = z.strictObject({
  folder: z.string().describe('Name of the run folder.'),
  stamp: z.string().describe('Changes where the files of the run or bench did: the line is then made again.'),
  runId: runIdSchema,
  startedAt: z.string(),
  state: runStateSchema,
  environment: key.describe('Equal for runs with equal fingerprints of machine and method.'),
  fingerprint: z.array(
    z.strictObject({ group: z.enum(fingerprintGroups), name: z.string(), value: z.string().optional() }),
  ),
  loads: z.array(z.strictObject({ profile: profileNameSchema, load: key })),
  overheads: z.array(indexedOverheadSchema),
  seal: z
    .string()
    .optional()
    .describe(
      'Digest of the rest of the line. A line that does not fit it is made again. Absent until it is written.',
    ),
});
export type IndexedRun = z.infer<typeof indexedRunSchema>;

/** @param folder name of the run folder. @param stamp of its files. */
export function indexedRun(
  run: Run,
  overheads: readonly IndexedOverhead[],
  { folder, stamp }: Pick<IndexedRun, 'folder' | 'stamp'>,
): IndexedRun {
  const fingerprint = fingerprintOf(run);
  return {
    ...{ folder, stamp, runId: run.runId, startedAt: run.startedAt, state: run.state },
    environment: seriesKey(fingerprint),
    fingerprint: [...fingerprint],
    loads: run.plan.profiles.map(({ name }) => ({
      profile: name,
      load: seriesKey(loadFingerprint(run, name)),
    })),
    overheads: [...overheads],
  };
}
