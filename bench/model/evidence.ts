import * as z from 'zod';
import { roleSchema } from './case.ts';
import { kernelGrowthSchema } from './kernel-counters.ts';
import { pathIdSchema } from './path.ts';
import { serverNameSchema } from './server.ts';
import { serverStartSchema } from './server-start.ts';
import { sweepStepsSchema } from './sweep.ts';
import { timedTaskSchema } from './timed-task.ts';

/** One thing that must be seen if the packets took the claimed path, and what was seen. */
export const findingSchema = z.strictObject({
  claim: z.string().describe('The claim in words, e.g. "the server shares the host\'s network namespace".'),
  expected: z.string().describe('What must be seen if the packets took the path.'),
  observed: z.string().describe('What was seen.'),
  holds: z.boolean().describe('Whether the two agree.'),
});
export type Finding = z.infer<typeof findingSchema>;

/** One line of evidence.ndjson: what was read for one deployment in one round. */
export const evidenceSchema = z.strictObject({
  round: z.int().min(1).describe('Its round, for which everything was deployed afresh: 1, 2, 3 …'),
  server: serverNameSchema,
  path: pathIdSchema,
  role: roleSchema,
  url: z.string().describe('The URL that the load agent dialled.'),
  verdict: z
    .enum(['consistent', 'contradicted', 'unread'])
    .describe(
      'consistent: all findings hold. contradicted: one does not, and the slices of the round do not count. unread: the round ' +
        'ended before the evidence was complete.',
    ),
  findings: z.array(findingSchema).describe('Each claim about the path, with what was expected and seen.'),
  raw: z.record(z.string(), z.unknown()).describe('The values from which the findings were made, as read.'),
  probes: z
    .strictObject({
      connect: timedTaskSchema.describe(
        'Opening a TCP connection and closing it by a reset. Only the opening is timed.',
      ),
      request: timedTaskSchema.describe('One request on an open connection.'),
    })
    .optional()
    .describe('Small tasks, timed one after the other while no load ran. Only with --probes.'),
  sweep: sweepStepsSchema
    .optional()
    .describe(
      'A closed loop of more and more connections, after the blocks of the round. Only with --sweep, and in the first rounds.',
    ),
  kernel: kernelGrowthSchema.optional().describe("What the kernel counted during the round's blocks."),
  start: serverStartSchema.optional().describe('How long it took from its creation to its first answer.'),
});
export type Evidence = z.infer<typeof evidenceSchema>;
