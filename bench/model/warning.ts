import * as z from 'zod';

/** What a reader of the figures, or the user of a command, must know. */
export const warningSchema = z.strictObject({
  code: z.string().describe('The kind of warning, for programs.'),
  message: z.string().describe('What is so, with its values.'),
  hint: z.string().describe('What to do about it.'),
});
export type Warning = z.infer<typeof warningSchema>;
