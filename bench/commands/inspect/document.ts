import * as z from 'zod';
import { endpointSchema } from '../../model/connection.ts';
import { findingSchema } from '../../model/evidence.ts';
import { listenerSchema, networkInterfaceSchema, networkStackSchema } from '../../model/network-stack.ts';
import { networkModes, pathIdSchema } from '../../model/path.ts';

const runningModeSchema = z.strictObject({
  status: z.literal('running'),
  mode: z.enum(networkModes),
  path: pathIdSchema.describe('From where it was dialled, to see that it answers.'),
  command: z.string().describe('How one would start such a container oneself.'),
  url: z.string(),
  serverPid: z.int(),
  namespaceOf: z
    .enum(['host', 'holder', 'server'])
    .describe(
      "Whose network stack the server is in: the host's, that of the container it is mapped to, its own.",
    ),
  server: networkStackSchema.describe('As a process inside sees it.'),
  hostEnds: z
    .array(networkInterfaceSchema)
    .describe("The host's interfaces at the other end of the server's. Empty: none was created on the host."),
  onHost: z.array(listenerSchema).describe("Who is bound to the server's port in the host's own stack."),
  client: endpointSchema.optional().describe('Whom the server saw when it was dialled.'),
  findings: z.array(findingSchema).describe('What must be seen if the packets took the path, and what was.'),
});

const failedModeSchema = z.strictObject({
  status: z.literal('failed'),
  mode: z.enum(networkModes),
  path: pathIdSchema,
  message: z.string(),
  hint: z.string().optional(),
});

const notOfferedModeSchema = z.strictObject({
  status: z.literal('not-offered'),
  mode: z.enum(networkModes),
  path: pathIdSchema,
  setting: z.string().describe('What of this engine or machine stops it, e.g. "bridge": "none".'),
  message: z.string().describe('Why that stops it.'),
  hint: z.string(),
});

export const inspectDocumentSchema = z
  .strictObject({
    engine: z.strictObject({
      version: z.string(),
      apiVersion: z.string(),
      address: z.string(),
      stack: z
        .enum(['machine', 'lab'])
        .describe("Whose network stack `host` is: the machine's own, or that of a lab."),
    }),
    host: networkStackSchema
      .optional()
      .describe("The host's own stack, while the servers ran in or beside it."),
    modes: z.array(
      z.discriminatedUnion('status', [runningModeSchema, failedModeSchema, notOfferedModeSchema]),
    ),
    discardedPorts: z
      .strictObject({
        command: z.string(),
        warnings: z
          .array(z.string())
          .describe(
            "What the engine's API answered when such a container was created, in Docker's own words.",
          ),
        bound: z.boolean().describe('Whether anybody was bound to the port while the container ran.'),
      })
      .optional()
      .describe('Ports published together with host mode. Absent where host mode was not asked for.'),
  })
  .describe('bench inspect --json');

export type InspectDocument = z.infer<typeof inspectDocumentSchema>;
export type RunningMode = z.infer<typeof runningModeSchema>;
export type InspectedMode = InspectDocument['modes'][number];
