import * as z from 'zod';
import {
  type Change,
  type History,
  type Level,
  type Point,
  reasonsLeftOut,
} from '../../../reports/history/history.ts';
import { isWorse } from '../../../reports/history/history-words.ts';
import { indexedOverheadSchema } from '../../model/indexed-run.ts';
import { present } from '../../model/present.ts';
import { profileNameSchema } from '../../model/profile.ts';
import { ratioInterval } from '../../model/ratio-interval.ts';
import { runIdSchema, runStateSchema } from '../../model/run.ts';
import type { SkippedFolder } from '../../run-folder/history-index.ts';
import type { Pruned } from '../../run-folder/prune.ts';

const interval = {
  ratio: ratioInterval.ratio,
  ratioLow: ratioInterval.ratioLow.describe('Lower bound of its 95 % interval.'),
  ratioHigh: ratioInterval.ratioHigh.describe('Upper bound of its 95 % interval.'),
};

const levelSchema = z.strictObject({
  ...interval,
  from: runIdSchema.describe('First run of the level.'),
  to: runIdSchema.describe('Last run of the level.'),
  runs: z.int().min(1).describe('Runs that it is the mean of, each with the same weight.'),
});

const { server, profile, path, baseline, metric, declared } = indexedOverheadSchema.shape;
const subject = {
  server,
  profile,
  path,
  baseline: baseline.describe('The path that it is compared with.'),
  metric,
  declared: declared.describe('Whether it was named before the runs. All others have an estimate only.'),
};

const changeSchema = z.strictObject({
  ...subject,
  at: runIdSchema.describe('The first run at the new level.'),
  foundAt: runIdSchema.describe(
    'The run with which the change became datable. It is news in that run alone.',
  ),
  before: levelSchema.describe('The level until then.'),
  after: levelSchema.describe('The level since then.'),
  step: z.strictObject(interval).describe('The new level over the old one.'),
  worse: z
    .boolean()
    .describe('Whether the path costs more at the new level: a higher latency, or a lower capacity.'),
});

const seriesSchema = z.strictObject({
  ...subject,
  environment: z.string().describe('Equal for series of one machine and one method.'),
  points: z
    .array(
      z.strictObject({
        runId: runIdSchema,
        state: runStateSchema,
        ratio: ratioInterval.ratio.optional(),
        ratioLow: ratioInterval.ratioLow.optional().describe("Lower bound of the run's own interval."),
        ratioHigh: ratioInterval.ratioHigh.optional().describe('Upper bound of it.'),
        leftOut: z.enum(reasonsLeftOut).optional().describe('Why it is no part of the trend.'),
      }),
    )
    .describe('One for each run, oldest first.'),
  levels: z.array(levelSchema).describe('Between changes, oldest first.'),
  suspicion: z
    .strictObject({
      at: runIdSchema.describe('The first run that differs.'),
      runsNeeded: z.int().min(1).describe('Further runs at the new level that make it a change.'),
    })
    .optional()
    .describe('What may be the begin of a change, and is not yet datable.'),
});

export const historyDocumentSchema = z
  .strictObject({
    folder: z.string().describe('The folder of run folders.'),
    runs: z.int().nonnegative().describe('Runs that were read.'),
    newest: runIdSchema.optional().describe('The run that `news` is about. Absent where there is no run.'),
    skipped: z
      .array(
        z.strictObject({
          folder: z.string().describe('Its name.'),
          reason: z.string().describe('Why it was not read.'),
        }),
      )
      .describe('Folders that are no run, or whose files are damaged or of another version.'),
    news: z
      .strictObject({
        changes: z.array(changeSchema).describe('Changes that the newest run made datable, declared first.'),
        environment: z
          .array(
            z.strictObject({
              name: z.string().describe('What of the machine or the method.'),
              before: z.string().optional().describe('In the run before. Absent if unknown.'),
              now: z.string().optional().describe('In the newest run. Absent if unknown.'),
            }),
          )
          .describe(
            'How its machine or method differs from the run before, where no earlier run has the same.',
          ),
        loads: z.array(profileNameSchema).describe('Profiles whose load no earlier run had.'),
      })
      .describe('What the newest run brought.'),
    changes: z.array(changeSchema).describe('All changes, series by series.'),
    series: z.array(seriesSchema).describe('Trends: one for each comparison on each machine.'),
    site: z
      .strictObject({
        directory: z.string().describe('Where index.html is.'),
        pages: z.int().min(1).describe('Pages that were written.'),
      })
      .optional()
      .describe('Of bench history html only.'),
    pruned: z
      .strictObject({
        dryRun: z.boolean().describe('Nothing was removed: the rest is what would be.'),
        bytes: z.int().nonnegative().describe('Of all removed files.'),
        runs: z
          .array(
            z.strictObject({
              folder: z.string().describe('Name of the run folder.'),
              files: z.array(z.string()).describe('What was removed of it.'),
              bytes: z.int().nonnegative().describe('Their size.'),
            }),
          )
          .describe('Runs that lost files.'),
      })
      .optional()
      .describe('Of bench history prune only.'),
  })
  .meta({
    title: 'bench history --json',
    description: 'How overheads developed from run to run, and what the newest run brought.',
  });

interface More {
  readonly folder: string;
  readonly skipped: readonly SkippedFolder[];
  readonly site?: { readonly directory: string; readonly pages: number };
  readonly pruned?: Pruned;
}

/** The document of `bench history --json`, and of its other forms. */
export function historyDocument(history: History, { folder, skipped, site, pruned }: More): unknown {
  const { runs, subjects, news } = history;
  const all = subjects.flatMap(({ subject: of, series }) => series.map((it) => ({ of, ...it })));
  return {
    ...{ folder, runs: runs.length, skipped, ...present({ newest: runs.at(-1)?.runId }) },
    news: {
      changes: news.changes.map(changeEntry),
      environment: news.environment.map(({ name, values: [before, now] }) => ({
        name,
        ...present({ before, now }),
      })),
      loads: news.loads,
    },
    changes: all.flatMap(({ changes }) => changes.map(changeEntry)),
    series: all.map(({ of, environment, points, levels, suspicion }) => ({
      ...{ ...of, environment, points: points.map(pointEntry), levels: levels.map(levelEntry) },
      ...(suspicion === undefined
        ? {}
        : { suspicion: { at: suspicion.at.run.runId, runsNeeded: suspicion.nightsNeeded } }),
    })),
    ...present({ site, pruned }),
  };
}

function changeEntry(change: Change) {
  const { subject: of, at, foundAt, before, after, step } = change;
  return {
    ...of,
    at: at.run.runId,
    foundAt: foundAt.run.runId,
    before: levelEntry(before),
    after: levelEntry(after),
    step,
    worse: isWorse(change),
  };
}

function levelEntry({ from, to, nights, ...interval }: Level) {
  return { ...interval, from: from.run.runId, to: to.run.runId, runs: nights };
}

function pointEntry({ run, interval, leftOut }: Point) {
  return { runId: run.runId, state: run.state, ...interval, ...present({ leftOut }) };
}
