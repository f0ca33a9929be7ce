import * as z from 'zod';

/** What a load agent asks of a server, again and again. */
export const requestSchema = z.strictObject({
  method: z
    .string()
    .regex(/^[A-Z]+$/)
    .describe('The HTTP method, e.g. GET.'),
  path: z
    .string()
    .regex(/^\/[!-~]*$/)
    .describe('The path that is requested, with its query: /search?q=1.'),
  headers: z.record(z.string(), z.string()).describe("The request's own headers, by name."),
  secretHeaders: z
    .array(z.string())
    .optional()
    .describe('Names of further headers, whose values are not recorded. Absent: none.'),
  body: z.string().optional().describe('The body that each request sends. Absent: none.'),
  expectedStatus: z
    .int()
    .min(200)
    .max(599)
    .optional()
    .describe('The only status that is no fault. Absent: 200 to 299.'),
});
export type Request = z.infer<typeof requestSchema>;

/** @param expected the only good status; `undefined`: 200 to 299 are good. */
export function isExpectedStatus(status: number | undefined, expected: number | undefined): boolean {
  if (expected !== undefined) return status === expected;
  return status !== undefined && status >= 200 && status <= 299;
}

/** What bench asks of its own servers. */
export const ownRequest: Request = { method: 'GET', path: '/body', headers: {} };
