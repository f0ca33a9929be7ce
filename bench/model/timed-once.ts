import * as z from 'zod';
import { timedTaskSchema } from './timed-task.ts';

/** DNS lookups in one network mode. */
export const lookupSchema = z.strictObject({
  mode: z
    .enum(['host', 'bridge', 'user-bridge'])
    .describe(
      "How the container that asked was attached. The engine's own name server, 127.0.0.11, exists on user-bridge only.",
    ),
  nameServers: z.array(z.string()).describe('The name servers that were asked.'),
  asked: z
    .enum(['bench', 'container', 'localhost'])
    .describe(
      "bench: a name that a name server of bench's own answers; in host mode it is asked directly, on user-bridge the engine's own passes the question on to it. container: a container's name, which the engine's name server answers. localhost: a name that the host's name servers answer by themselves.",
    ),
  timed: timedTaskSchema.describe('How long an answer took.'),
});
export type Lookup = z.infer<typeof lookupSchema>;

/** The load agent against a server that does nothing. */
export const agentCeilingSchema = z.strictObject({
  requestsPerSecond: z
    .number()
    .positive()
    .describe('Answers a second, with the connections of `connections`.'),
  connections: z.int().min(1).describe('Concurrent keep-alive connections.'),
  agentBusy: z
    .number()
    .nonnegative()
    .describe(
      'CPU time of the load agent over wall time. Near 1 the agent was the limit; below, the server was.',
    ),
});
export type AgentCeiling = z.infer<typeof agentCeilingSchema>;
