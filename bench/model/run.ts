import * as z from 'zod';
import { environmentSchema } from './environment.ts';
import { jitterSchema } from './jitter.ts';
import { planSchema } from './plan.ts';
import { serverNameSchema } from './server.ts';
import { runStopSchema } from './stopping.ts';
import { agentCeilingSchema, lookupSchema } from './timed-once.ts';
import { warningSchema } from './warning.ts';

/** Increased by every change of the method or of a file's shape. Folders of another version are refused. */
export const schemaVersion = 2;

const runStates = ['running', 'complete', 'partial'] as const;

export const runStateSchema = z
  .enum(runStates)
  .describe(
    'running: it has not ended, or was killed. complete: all that was planned. partial: it ended early.',
  );

export const schemaVersionSchema = z
  .literal(schemaVersion)
  .describe('Version of the method and of the files. Runs of two versions do not compare.');

/** UTC time + short random, e.g. 20261120T093220Z-k3f9. */
export const runIdSchema = z
  .string()
  .regex(/^\d{8}T\d{6}Z-[a-z0-9]{4}$/)
  .describe(
    'UTC time of the start and four random characters, e.g. 20261120T093220Z-k3f9: also the name of the folder.',
  );

/** run.json: what was planned, where, and how it ended. */
export const runSchema = z.strictObject({
  schemaVersion: schemaVersionSchema,
  runId: runIdSchema,
  state: runStateSchema,
  stateReason: z.string().optional().describe('Why a run is partial.'),
  startedAt: z.iso.datetime().describe('When the first round began, UTC.'),
  endedAt: z.iso
    .datetime()
    .optional()
    .describe('When the last round ended, UTC. Absent where the run was killed.'),
  command: z.string().describe('A command that repeats the run with the same plan and seed.'),
  plan: planSchema.describe('What was to be measured, fully specified.'),
  environment: environmentSchema.describe('Where it was measured.'),
  rates: z
    .record(serverNameSchema, z.number().positive())
    .optional()
    .describe(
      'Requests/s of the steady profile, equal on all paths of a server: given, or half of what the slowest path ' +
        'served in the warm-up of the first round, with two digits. Absent until it is known.',
    ),
  pacedRates: z
    .record(serverNameSchema, z.number().positive())
    .optional()
    .describe(
      'Requests/s of the paced profile, equal on all paths of a server: given, or the requested share of what the slowest path ' +
        'served in the warm-up of the first round, with two digits. Absent until it is known.',
    ),
  jitter: jitterSchema.optional().describe('Of the paced profile only.'),
  foreign: z
    .strictObject({
      wallSeconds: z.number().positive().describe('For how long they were watched.'),
      processes: z
        .array(
          z.strictObject({
            name: z.string().describe("The process's command."),
            cpuSeconds: z.number().nonnegative().describe('CPU time that it used meanwhile.'),
          }),
        )
        .describe('The largest, most first.'),
    })
    .optional()
    .describe(
      "Other processes of the machine with the most CPU time during the run's rounds, largest first. Absent if they are not visible.",
    ),
  surprises: z
    .array(warningSchema)
    .optional()
    .describe("What was unusual about the user's service before round 1. Absent without a service."),
  lookups: z
    .array(lookupSchema)
    .optional()
    .describe('DNS lookups by network mode, timed once in the first round. Only with --probes.'),
  agentCeiling: agentCeilingSchema
    .optional()
    .describe(
      'The load agent against a server that does nothing, once at the end of the first round. Absent where it could not be measured.',
    ),
  stop: runStopSchema.optional().describe('What ended a complete run whose plan has `stopping`.'),
  timing: z
    .strictObject({
      totalSeconds: z
        .number()
        .positive()
        .describe('Time from the start of the command to the end of the last clean-up.'),
      slicesSeconds: z
        .number()
        .nonnegative()
        .describe('Time inside slices and ramps, including the warm-up.'),
    })
    .optional()
    .describe('How long the run took, in parts. Absent where it never ended.'),
});
export type Run = z.infer<typeof runSchema>;
