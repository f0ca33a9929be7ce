import * as z from 'zod';

export const doctorFindingSchema = z.strictObject({
  level: z
    .enum(['ok', 'warning', 'error'])
    .describe('error: bench cannot measure here; warning: it can, with the effect that `why` names.'),
  subject: z.string().describe('What was looked at.'),
  message: z.string().describe('What was found, with its values.'),
  why: z.string().describe('Why it matters for the numbers.'),
  hint: z.string().optional().describe('How to fix it, usually a command.'),
});

/** The result of one check: how bad it is, why it matters for the numbers, and how to repair it. */
export type DoctorFinding = z.infer<typeof doctorFindingSchema>;

/** The subject of a check and the reason for it. Both are the same whatever is found. */
export interface Subject {
  readonly subject: string;
  readonly why: string;
}

export function fine({ subject, why }: Subject, message: string): DoctorFinding {
  return { level: 'ok', subject, message, why };
}

export function concern({ subject, why }: Subject, message: string, hint: string): DoctorFinding {
  return { level: 'warning', subject, message, why, hint };
}
