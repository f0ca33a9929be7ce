import * as z from 'zod';

/** The servers that the lab image carries. Both come from one image, so every mode runs the same binary. */
export const ownServers = ['nginx', 'apache'] as const;
export type OwnServer = (typeof ownServers)[number];

/** The name of what is under load: one of bench's own servers, or the user's service. It is a part of every id. */
export const serverNameSchema = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$/)
  .describe("The server under load: nginx or apache of bench's image, or the name of the user's service.");
export type ServerName = z.infer<typeof serverNameSchema>;

export function isOwnServer(name: ServerName): name is OwnServer {
  return ownServers.some((own) => own === name);
}

/** The server's name in a sentence, as its project spells it. */
export function spokenName(name: ServerName): string {
  return name === 'apache' ? 'Apache' : name;
}
