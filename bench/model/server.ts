import * as z from 'zod';

/** The servers that the lab image carries. Both come from one image, so every mode runs the same binary. */
export const ownServers = ['nginx', 'apache'] as const;

export const serverNameSchema = z.enum(ownServers).describe('The server under load.');
export type ServerName = z.infer<typeof serverNameSchema>;
