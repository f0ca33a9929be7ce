import * as z from 'zod';
import { type PathId, pathIdSchema } from './path.ts';
import { profileNameSchema } from './profile.ts';
import { serverNameSchema } from './server.ts';

/**
 * The role of a deployment in a comparison. The `twin` is a second, identical deployment of the baseline. It
 * is measured like any other case: the A/A control.
 */
const roles = ['baseline', 'twin', 'contender'] as const;
export type Role = (typeof roles)[number];

export const roleSchema = z
  .enum(roles)
  .describe(
    'baseline: what the others are compared with. twin: a second, identical deployment of the baseline, which shows the noise. ' +
      'contender: what is compared with the baseline.',
  );

/** Server × path × load profile, with its role. The role distinguishes the twin from the baseline. */
export const caseSchema = z.strictObject({
  server: serverNameSchema,
  path: pathIdSchema,
  role: roleSchema,
  profile: profileNameSchema,
});
export type Case = z.infer<typeof caseSchema>;

/** One line of text that is unique within a run, e.g. `nginx host/external latency (twin)`. */
export function caseId(subject: Case): string {
  return `${deploymentId(subject)} ${subject.profile}`;
}

/** A deployment serves all profiles of one server on one path in one role. */
export const deploymentSchema = caseSchema.omit({ profile: true });
export type Deployment = z.infer<typeof deploymentSchema>;

/** One line of text that is unique within a round, e.g. `nginx host/external (twin)`. */
export function deploymentId(subject: {
  readonly server: string;
  readonly path: PathId;
  readonly role: Role;
}): string {
  return `${subject.server} ${subject.path}${subject.role === 'twin' ? ' (twin)' : ''}`;
}
