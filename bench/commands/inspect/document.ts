import * as z from 'zod';
import { endpointSchema } from '../../model/connection.ts';
import { findingSchema } from '../../model/evidence.ts';
import { listenerSchema, networkInterfaceSchema, networkStackSchema } from '../../model/network-stack.ts';
import { networkModes, pathIdSchema } from '../../model/path.ts';

const runningModeSchema = z.strictObject({
  status: z.literal('running'),
  mode: z.enum(networkModes),
  path: pathIdSchema.describe('The path on which bench dialled it, to check that it answers.'),
  command: z.string().describe('A command that starts such a container.'),
  url: z.string(),
  serverPid: z.int(),
  namespaceOf: z
    .enum(['host', 'holder', 'server'])
    .describe(
      'The owner of the network stack that the server is in. host: the host; holder: the container that it is mapped to; server: itself.',
    ),
  server: networkStackSchema.describe('The network stack as a process inside sees it.'),
  hostEnds: z
    .array(networkInterfaceSchema)
    .describe(
      "The host's interfaces at the other ends of those of the server. Empty: none was created on the host.",
    ),
  onHost: z
    .array(listenerSchema)
    .describe("The processes that listen on the server's port in the host's own stack."),
  client: endpointSchema.optional().describe("The client's address as the server saw it."),
  findings: z.array(findingSchema).describe('The expected evidence of the path, and the observed evidence.'),
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
  setting: z
    .string()
    .describe('The setting of this engine or machine that prevents it, e.g. "bridge": "none".'),
  message: z.string().describe('Why the setting prevents it.'),
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
        .describe('The owner of the network stack `host`: the machine or a lab.'),
    }),
    host: networkStackSchema.optional().describe("The host's own network stack, read while the servers ran."),
    modes: z.array(
      z.discriminatedUnion('status', [runningModeSchema, failedModeSchema, notOfferedModeSchema]),
    ),
    discardedPorts: z
      .strictObject({
        command: z.string(),
        warnings: z.array(z.string()).describe("The engine's warnings when such a container was created."),
        bound: z.boolean().describe('Whether a process listened on the port while the container ran.'),
      })
      .optional()
      .describe('Ports published together with host mode. Absent if host mode was not requested.'),
  })
  .describe('bench inspect --json');

export type InspectDocument = z.infer<typeof inspectDocumentSchema>;
export type RunningMode = z.infer<typeof runningModeSchema>;
export type InspectedMode = InspectDocument['modes'][number];
