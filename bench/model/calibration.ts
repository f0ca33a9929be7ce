import * as z from 'zod';
import { metricNameSchema } from './metric.ts';
import { pathIdSchema } from './path.ts';
import { profileNames } from './profile.ts';
import { runIdSchema } from './run.ts';
import { serverNameSchema } from './server.ts';

/** Identifies a machine. Noise that was measured on another machine or kernel does not apply to it. */
const machineSchema = z.strictObject({
  cpuModel: z.string(),
  cpuCount: z.int().min(1),
  kernel: z.string(),
  stack: z
    .enum(['machine', 'lab'])
    .describe("Whose network stack was measured: the machine's own, or a lab's."),
});
export type MachineIdentity = z.infer<typeof machineSchema>;

/** Where and when a check of the method was made. These fields identify a kept result. */
export const madeSchema = z.strictObject({ at: z.iso.datetime(), machine: machineSchema });
export type Made = z.infer<typeof madeSchema>;

export function sameMachine(one: MachineIdentity, other: MachineIdentity): boolean {
  return (
    one.cpuModel === other.cpuModel &&
    one.cpuCount === other.cpuCount &&
    one.kernel === other.kernel &&
    one.stack === other.stack
  );
}

const share = z.number().min(0).max(1);

/** The result of `bench calibrate` for one machine: the run measures nothing but twins. */
export const calibrationSchema = z.strictObject({
  calibrationVersion: z.literal(2),
  calibratedAt: z.iso.datetime(),
  runId: runIdSchema,
  directory: z.string().describe('Of the run that it rests on.'),
  machine: machineSchema,
  blocks: z.int().min(1),
  sliceSeconds: z.number().positive(),
  turnSeconds: z.number().positive().optional().describe('Absent: slices in one piece.'),
  rounds: z.int().min(1),
  slowness: z
    .number()
    .positive()
    .describe('Time that the run took over the time that was predicted: 1.1 is a tenth longer.'),
  noise: z.array(
    z.strictObject({
      server: serverNameSchema,
      profile: z.enum(profileNames),
      path: pathIdSchema,
      metric: metricNameSchema,
      declared: z.boolean(),
      rounds: z.int().min(2),
      spread: z
        .number()
        .nonnegative()
        .describe('Standard deviation over rounds of ln(twin/baseline), two identical deployments.'),
      floor: z
        .number()
        .nonnegative()
        .describe(
          'Half-width of the 95 % interval to be expected of a run of the default length: 0.02 = ±2 %.',
        ),
    }),
  ),
  falseAlarms: z
    .strictObject({
      rounds: z.int().min(1).describe('Of each draw.'),
      draws: z.int().min(1).describe('Random choices of so many of the rounds, over all twins.'),
      different: share.describe('Of the draws: the 95 % interval excluded 1.'),
      slowerOrFaster: share.describe('Of the draws: the whole interval lay beyond the margin.'),
    })
    .optional()
    .describe('On the declared metrics. Absent where the rounds were too few to draw from.'),
  onePerCent: z
    .array(
      z.strictObject({
        server: serverNameSchema,
        profile: z.enum(profileNames),
        rounds: z.int().min(1),
        seconds: z.number().positive(),
      }),
    )
    .describe('What --precision 1% is expected to take for one path against its baseline.'),
});
export type Calibration = z.infer<typeof calibrationSchema>;
