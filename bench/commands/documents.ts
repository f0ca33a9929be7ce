import * as z from 'zod';
import { calibrationSchema } from '../model/calibration.ts';
import { caseSchema } from '../model/case.ts';
import { toDataKeys } from '../model/data-keys.ts';
import { explanationSchema } from '../model/explanation.ts';
import { exitCodes } from '../model/failure.ts';
import { figureListSchema } from '../model/figure.ts';
import { gateResultSchema } from '../model/gate.ts';
import { planSchema } from '../model/plan.ts';
import { runComparisonsSchema } from '../model/run-comparison.ts';
import { warningSchema } from '../model/warning.ts';
import { planDurationSchema } from '../plan/plan-duration.ts';
import { valueSourceSchema } from '../plan/value-sources.ts';
import { roundScheduleSchema } from '../schedule/schedule.ts';
import { doctorFindingSchema } from './doctor/finding.ts';
import { historyDocumentSchema } from './history/document.ts';
import { inspectDocumentSchema } from './inspect/document.ts';
import { plannedCreationsSchema } from './plan/plan-needs.ts';
import { predictionSchema } from './plan/plan-prediction.ts';
import { traceDocumentSchema } from './trace/document.ts';

/*
 * The documents that the commands print with --json. `run` and `report` print summary.json instead. Each
 * command has one document. The published schemas are in results/schema.
 */

export const planDocumentSchema = z
  .strictObject({
    plan: planSchema.describe('Fully specified.'),
    sources: z.array(valueSourceSchema).describe('Where each value of the plan comes from.'),
    cases: z.array(caseSchema).describe('What would be measured.'),
    declared: z
      .strictObject({
        comparisons: z.int().nonnegative().describe('Contenders × profiles × servers: corrected together.'),
        roundsNeeded: z.int().min(1).describe('Fewest rounds with which one of them can be shown to differ.'),
      })
      .describe('Comparisons that get a verdict.'),
    duration: planDurationSchema.describe('How long it would take.'),
    prediction: predictionSchema
      .optional()
      .describe(
        'Absent where nothing is known of this machine, and of a plan that is too short for any interval.',
      ),
    creates: plannedCreationsSchema.describe('What would be created, and removed again.'),
    schedule: z.array(roundScheduleSchema).describe('Round by round, what is measured when.'),
    command: z.string().describe('Leads to exactly this plan.'),
    warnings: z.array(warningSchema).describe('What speaks against this plan.'),
  })
  .meta({
    title: 'bench plan --json',
    description: 'What a run with these options would measure, create and take. Nothing is measured.',
  });

const initDocumentSchema = z
  .strictObject({ path: z.string().describe('Of the config that was written.') })
  .meta({ title: 'bench init --json', description: 'Where the config was written.' });

export const doctorDocumentSchema = z
  .strictObject({
    findings: z.array(doctorFindingSchema).describe('A finding a subject.'),
  })
  .meta({ title: 'bench doctor --json', description: 'Whether this machine and engine are fit to measure.' });

export const setupDocumentSchema = z
  .strictObject({
    engine: z
      .strictObject({
        version: z.string().describe('Its version.'),
        endpoint: z
          .enum(['DOCKER_HOST', 'context', 'socket', 'lab'])
          .describe("How it was found. lab: bench's own."),
        address: z.string().describe('Where it answers.'),
      })
      .describe('The engine that is ready.'),
    image: z
      .strictObject({
        tag: z.string().describe('A hash of its inputs.'),
        built: z.boolean().describe('Whether it was built now; otherwise it was there.'),
      })
      .describe('The image with servers and load agent.'),
  })
  .meta({ title: 'bench setup --json', description: 'The engine and the image that are ready to measure.' });

export const cleanDocumentSchema = z
  .strictObject({
    dryRun: z.boolean().describe('Nothing was removed: `removed` is what would be.'),
    removed: z.array(z.string()).describe('What bench had left: containers, networks, links, rules, images.'),
    kept: z
      .array(z.string())
      .describe('What a live run uses, images that a container uses, and what bench cannot judge.'),
    unjudged: z
      .array(
        z.strictObject({
          name: z.string().describe('What it is.'),
          runId: z.string().optional().describe('`bench clean --force` with it removes this.'),
          reason: z.string().describe('Why not.'),
        }),
      )
      .describe('Those of `kept` of which bench cannot tell whether their run lives.'),
    failed: z
      .array(
        z.strictObject({
          name: z.string().describe('What it is.'),
          reason: z.string().describe('What went wrong.'),
          hint: z.string().optional().describe('What to do about it.'),
        }),
      )
      .describe('What could not be looked at or removed; the exit code is 3 then.'),
  })
  .meta({
    title: 'bench clean --json',
    description: 'What earlier runs had left behind, and what became of it.',
  });

export const errorDocumentSchema = z
  .strictObject({
    error: z
      .strictObject({
        kind: z.string().describe('What kind of failure, for programs.'),
        message: z.string().describe('What happened, with its values.'),
        hint: z.string().optional().describe('What to do about it.'),
        exitCode: z.int().describe(`One of ${Object.values(exitCodes).join(', ')}.`),
      })
      .describe('Why it failed.'),
  })
  .meta({
    title: 'Any command that fails, with --json',
    description: 'Stands on stdout in place of the document of the command.',
  });

/** Schemas by the names of their files in results/schema. */
export const documentSchemas = {
  'plan-output': planDocumentSchema,
  'calibrate-output': calibrationSchema.meta({
    title: 'bench calibrate --json, and what it keeps',
    description: 'How much two identical servers differ on this machine, and what that means for a run.',
  }),
  'init-output': initDocumentSchema,
  'doctor-output': doctorDocumentSchema,
  'inspect-output': inspectDocumentSchema,
  'trace-output': traceDocumentSchema,
  'compare-output': runComparisonsSchema.meta({
    title: 'bench compare RUN RUN … --json',
    description: 'How the overheads of several runs differ, and what they have in common.',
  }),
  'history-output': historyDocumentSchema,
  'setup-output': setupDocumentSchema,
  'clean-output': cleanDocumentSchema,
  'gate-output': gateResultSchema.meta({
    title: 'bench gate --json',
    description: 'Whether a run keeps what the config asserts: a check for each limit and comparison.',
  }),
  'error-output': errorDocumentSchema,
  'explanation-output': explanationSchema.meta({
    title: 'bench report RUN --explain FIGURE --json',
    description: 'How one figure of a report was computed, from the slices on.',
  }),
  'figures-output': figureListSchema.meta({
    title: 'bench report RUN --explain --json, and with a part of the names of some figures',
    description: 'The figures of a report that can be explained, by name.',
  }),
} as const;

/**
 * The text that a command prints with --json: one document, with keys as in all data files. It is checked
 * against the published schema before anybody reads it.
 * @throws {z.ZodError} the document is not what its schema says: a fault of bench.
 */
export function documentText(name: keyof typeof documentSchemas, document: unknown): string {
  const schema = documentSchemas[name];
  return `${JSON.stringify(toDataKeys(schema)(schema.parse(document)), null, 2)}\n`;
}
