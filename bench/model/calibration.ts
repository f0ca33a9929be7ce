import * as z from 'zod';
import { metricNameSchema } from './metric.ts';
import { pathIdSchema } from './path.ts';
import { profileNameSchema } from './profile.ts';
import { runIdSchema } from './run.ts';
import { serverNameSchema } from './server.ts';

/** Identifies a machine. Noise that was measured on another machine or kernel does not apply to it. */
const machineSchema = z.strictObject({
  cpuModel: z.string().describe('Name of the CPU.'),
  cpuCount: z.int().min(1).describe('CPUs that the machine has.'),
  kernel: z.string().describe('Release of the Linux kernel.'),
  stack: z
    .enum(['machine', 'lab'])
    .describe('The owner of the measured network stack: the machine or a lab.'),
});
export type MachineIdentity = z.infer<typeof machineSchema>;

/** Where and when a check of the method was made. These fields identify a kept result. */
export const madeSchema = z
  .strictObject({
    at: z.iso.datetime().describe('When, UTC.'),
    machine: machineSchema.describe('On which machine.'),
  })
  .describe('When and on which machine it was measured.');
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
  calibrationVersion: z.literal(2).describe('Version of this document.'),
  calibratedAt: z.iso.datetime().describe('When, UTC.'),
  runId: runIdSchema,
  directory: z.string().describe('Directory of the run with the measured data.'),
  machine: machineSchema.describe('Which machine it holds for.'),
  blocks: z.int().min(1).describe('Slices of each case in a round.'),
  sliceSeconds: z.number().positive().describe('Measured part of a slice.'),
  turnSeconds: z.number().positive().optional().describe('Absent: every slice is one window.'),
  rounds: z.int().min(1).describe('That were measured.'),
  slowness: z
    .number()
    .positive()
    .describe('Duration of the run divided by the predicted duration: 1.1 is a tenth longer.'),
  noise: z
    .array(
      z.strictObject({
        server: serverNameSchema,
        profile: profileNameSchema,
        path: pathIdSchema,
        metric: metricNameSchema,
        declared: z.boolean().describe('The metric that its profile declares.'),
        rounds: z.int().min(2).describe('That the spread rests on.'),
        spread: z
          .number()
          .nonnegative()
          .describe('Standard deviation over rounds of ln(twin/baseline), two identical deployments.'),
        floor: z
          .number()
          .nonnegative()
          .describe('Expected half-width of the 95 % interval of a run of the default length: 0.02 = ±2 %.'),
      }),
    )
    .describe('How much two identical deployments differ, by server, profile and metric.'),
  falseAlarms: z
    .strictObject({
      rounds: z.int().min(1).describe('Rounds of each draw.'),
      draws: z.int().min(1).describe('Random choices of that many rounds, over all twins.'),
      different: share.describe('Share of the draws whose 95 % interval excluded 1.'),
      slowerOrFaster: share.describe('Share of the draws whose whole interval was outside the margin.'),
    })
    .optional()
    .describe('False alarms on the declared metrics. Absent if there were too few rounds.'),
  onePerCent: z
    .array(
      z.strictObject({
        server: serverNameSchema,
        profile: profileNameSchema,
        rounds: z.int().min(1).describe('That it takes.'),
        seconds: z.number().positive().describe('That it takes.'),
      }),
    )
    .describe('Expected duration of --precision 1% for one path against its baseline.'),
});
export type Calibration = z.infer<typeof calibrationSchema>;
