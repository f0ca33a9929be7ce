import * as z from 'zod';
import { connectionSchema, dnatRuleSchema, endpointSchema } from '../../model/connection.ts';

/** Ways that a connection from the host can take. */
const tracedPaths = [
  'loopback',
  'host-stack',
  'dnat',
  'docker-proxy',
  'bridge',
  'routed',
  'remote',
  'unknown',
] as const;
export type TracedPath = (typeof tracedPaths)[number];

const tracedRuleSchema = dnatRuleSchema.extend({
  grew: z.int().describe('Connections that it redirected between the reading before and the reading after.'),
});
export type TracedRule = z.infer<typeof tracedRuleSchema>;

export const traceDocumentSchema = z
  .strictObject({
    url: z.string().describe('What was asked for.'),
    local: endpointSchema.describe("The client's address and port."),
    remote: endpointSchema.describe('The dialled address and port.'),
    path: z
      .enum(tracedPaths)
      .describe(
        "loopback: a process in the host's stack, over lo; host-stack: the same, by another address of the host; dnat: a rule translated the address; docker-proxy: that process forwarded it; bridge: a container's own address on a bridge; routed: another stack of this machine, by another device; remote: it leaves this machine; unknown: the evidence does not show the path.",
      ),
    sentence: z.string().describe('The way in one sentence.'),
    evidence: z.array(z.string()).describe('What shows it, a sentence each.'),
    cannotTell: z.array(z.string()).describe('What the evidence does not show, and why.'),
    inspectedBy: z
      .enum(['container', 'process'])
      .describe(
        "container: bench's inspector read the machine from a container of the engine; process: this process read it with its own rights.",
      ),
    rules: z.array(tracedRuleSchema).describe('Every rule that redirects the dialled port.'),
    connection: connectionSchema
      .optional()
      .describe('The connection as the kernel showed it while it was open.'),
  })
  .meta({
    title: 'bench trace --json',
    description: 'Which way one connection takes from this machine to a URL, and what shows it.',
  });
export type TraceDocument = z.infer<typeof traceDocumentSchema>;
