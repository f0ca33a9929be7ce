import * as z from 'zod';
import { environmentSchema } from './environment.ts';
import { planSchema } from './plan.ts';
import { serverNameSchema } from './server.ts';
import { runStopSchema } from './stopping.ts';

/** Increased by every change of the method or of a file's shape. Folders of another version are refused. */
export const schemaVersion = 2;

export const runStates = ['running', 'complete', 'partial'] as const;

/** UTC time + short random, e.g. 20261120T093220Z-k3f9. */
export const runIdSchema = z.string().regex(/^\d{8}T\d{6}Z-[a-z0-9]{4}$/);

/** run.json: what was planned, where, and how it ended. */
export const runSchema = z.strictObject({
  schemaVersion: z.literal(schemaVersion),
  runId: runIdSchema,
  state: z.enum(runStates),
  stateReason: z.string().optional().describe('Why a run is partial.'),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  command: z.string().describe('A command that repeats the run with the same plan and seed.'),
  plan: planSchema,
  environment: environmentSchema,
  rates: z
    .partialRecord(serverNameSchema, z.number().positive())
    .optional()
    .describe(
      'Requests/s of the steady profile, the same on all paths of a server: given, or half of what the slowest path ' +
        'carried in the warm-up of the first round, with two digits. Absent until it is known.',
    ),
  foreign: z
    .strictObject({
      wallSeconds: z.number().positive(),
      processes: z.array(z.strictObject({ name: z.string(), cpuSeconds: z.number().nonnegative() })),
    })
    .optional()
    .describe(
      "Other processes of the machine that used most CPU time during the run's rounds, most first. Absent where they cannot be seen.",
    ),
  stop: runStopSchema.optional().describe('Of a complete run whose plan has `stopping`.'),
  timing: z
    .strictObject({
      totalSeconds: z
        .number()
        .positive()
        .describe('From the start of the command to the last slice torn down.'),
      slicesSeconds: z.number().nonnegative().describe('Inside slices and ramps, warm-up included.'),
    })
    .optional(),
});
export type Run = z.infer<typeof runSchema>;
