import * as z from 'zod';
import { calibrationSchema } from '../model/calibration.ts';
import { caseSchema } from '../model/case.ts';
import { toDataKeys } from '../model/data-keys.ts';
import { explanationSchema } from '../model/explanation.ts';
import { exitCodes } from '../model/failure.ts';
import { figureListSchema } from '../model/figure.ts';
import { planSchema } from '../model/plan.ts';
import { warningSchema } from '../model/summary.ts';
import { planDurationSchema } from '../plan/plan-duration.ts';
import { roundScheduleSchema } from '../schedule/schedule.ts';
import { doctorFindingSchema } from './doctor/finding.ts';
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
    plan: planSchema,
    cases: z.array(caseSchema),
    declared: z.strictObject({
      comparisons: z.int().nonnegative().describe('Contenders × profiles × servers: corrected together.'),
      roundsNeeded: z.int().min(1).describe('Fewest rounds with which one of them can be shown to differ.'),
    }),
    duration: planDurationSchema,
    prediction: predictionSchema.optional().describe('Absent where nothing is known of this machine.'),
    creates: plannedCreationsSchema,
    schedule: z.array(roundScheduleSchema),
    command: z.string().describe('Leads to exactly this plan.'),
    warnings: z.array(warningSchema),
  })
  .describe('bench plan --json');

export const doctorDocumentSchema = z
  .strictObject({
    findings: z.array(doctorFindingSchema),
  })
  .describe('bench doctor --json');

export const setupDocumentSchema = z
  .strictObject({
    engine: z.strictObject({
      version: z.string(),
      endpoint: z.enum(['DOCKER_HOST', 'context', 'socket', 'lab']),
      address: z.string(),
    }),
    image: z.strictObject({ tag: z.string(), built: z.boolean() }),
  })
  .describe('bench setup --json');

export const cleanDocumentSchema = z
  .strictObject({
    dryRun: z.boolean().describe('Nothing was removed: `removed` is what would be.'),
    removed: z.array(z.string()),
    kept: z
      .array(z.string())
      .describe('What a live run uses, images that a container uses, and what bench cannot judge.'),
    unjudged: z
      .array(
        z.strictObject({
          name: z.string(),
          runId: z.string().optional().describe('`bench clean --force` with it removes this.'),
          reason: z.string(),
        }),
      )
      .describe('Those of `kept` of which bench cannot tell whether their run lives.'),
    failed: z
      .array(z.strictObject({ name: z.string(), reason: z.string(), hint: z.string().optional() }))
      .describe('What could not be looked at or removed; the exit code is 3 then.'),
  })
  .describe('bench clean --json');

export const errorDocumentSchema = z
  .strictObject({
    error: z.strictObject({
      kind: z.string(),
      message: z.string(),
      hint: z.string().optional(),
      exitCode: z.int().describe(`One of ${Object.values(exitCodes).join(', ')}.`),
    }),
  })
  .describe('Any command that fails, with --json');

/** Schemas by the names of their files in results/schema. */
export const documentSchemas = {
  'plan-output': planDocumentSchema,
  'calibrate-output': calibrationSchema.describe('bench calibrate --json, and what it keeps'),
  'doctor-output': doctorDocumentSchema,
  'inspect-output': inspectDocumentSchema,
  'trace-output': traceDocumentSchema,
  'setup-output': setupDocumentSchema,
  'clean-output': cleanDocumentSchema,
  'error-output': errorDocumentSchema,
  'explanation-output': explanationSchema.describe('bench report RUN --explain FIGURE --json'),
  'figures-output': figureListSchema.describe(
    'bench report RUN --explain --json, and with a part of the names of some figures',
  ),
} as const;

/** The text that a command prints with --json: one document, with keys as in all data files. */
export function documentText(name: keyof typeof documentSchemas, document: unknown): string {
  return `${JSON.stringify(toDataKeys(documentSchemas[name])(document), null, 2)}\n`;
}
