import * as z from 'zod';
import { roles } from './case.ts';
import { pathIdSchema } from './path.ts';
import { serverNameSchema } from './server.ts';

/** One thing that must be seen if the packets took the claimed path, and what was seen. */
export const findingSchema = z.strictObject({
  claim: z.string().describe('In words, e.g. "the server shares the host\'s network namespace".'),
  expected: z.string(),
  observed: z.string(),
  holds: z.boolean(),
});
export type Finding = z.infer<typeof findingSchema>;

/** One line of evidence.ndjson: what was read for one deployment in one round. */
export const evidenceSchema = z.strictObject({
  round: z.int().min(1),
  server: serverNameSchema,
  path: pathIdSchema,
  role: z.enum(roles),
  url: z.string().describe('What the agent dialled.'),
  verdict: z
    .enum(['consistent', 'contradicted', 'unread'])
    .describe('`unread`: the round ended before the evidence was complete.'),
  findings: z.array(findingSchema),
  raw: z.record(z.string(), z.unknown()).describe('The values the findings rest on, as read.'),
});
export type Evidence = z.infer<typeof evidenceSchema>;
