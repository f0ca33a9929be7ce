import * as z from 'zod';

const seconds = z.number().nonnegative();

/** How long a server took from its creation to its first answer, in steps. */
export const serverStartSchema = z.strictObject({
  createSeconds: seconds
    .optional()
    .describe(
      'Until the engine had created its container. Absent for a plain process. The holder of a mapped server runs before.',
    ),
  startSeconds: seconds.describe(
    "Until the engine had started it, its network included; until a plain process's system call returned.",
  ),
  answerSeconds: seconds
    .optional()
    .describe(
      "From then to the first answer to the load agent, without the time in which bench itself kept it from listening. It asks every 20 ms. Absent where the agent started after the server, in the server's stack.",
    ),
  atOnce: z
    .int()
    .min(1)
    .describe(
      'So many servers of the round were started at once at most: they share the CPUs and the engine.',
    ),
});
export type ServerStart = z.infer<typeof serverStartSchema>;
