import * as z from 'zod';
import { endpointSchema } from '../../model/connection.ts';
import { findingSchema } from '../../model/evidence.ts';
import { listenerSchema, networkInterfaceSchema, networkStackSchema } from '../../model/network-stack.ts';
import { networkModes, pathIdSchema } from '../../model/path.ts';

const modeSchema = z.enum(networkModes).describe('How the container is attached to the network.');
const statusSays =
  'running: it was started and looked at. failed: it was not. not-offered: this engine or machine cannot.';
const hintSays = 'What to do about it.';

const runningModeSchema = z.strictObject({
  status: z.literal('running').describe(statusSays),
  mode: modeSchema,
  path: pathIdSchema.describe('The path on which bench dialled it, to check that it answers.'),
  command: z.string().describe('A command that starts such a container.'),
  url: z.string().describe('What was dialled.'),
  serverPid: z.int().describe("The server's process id on the engine's machine."),
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
  status: z.literal('failed').describe(statusSays),
  mode: modeSchema,
  path: pathIdSchema,
  message: z.string().describe('What happened.'),
  hint: z.string().optional().describe(hintSays),
});

const notOfferedModeSchema = z.strictObject({
  status: z.literal('not-offered').describe(statusSays),
  mode: modeSchema,
  path: pathIdSchema,
  setting: z
    .string()
    .describe('The setting of this engine or machine that prevents it, e.g. "bridge": "none".'),
  message: z.string().describe('Why the setting prevents it.'),
  hint: z.string().describe(hintSays),
});

export const inspectDocumentSchema = z
  .strictObject({
    engine: z
      .strictObject({
        version: z.string().describe('Version of the container engine.'),
        apiVersion: z.string().describe('Version of its API that bench spoke.'),
        address: z.string().describe('Where it answers.'),
        stack: z
          .enum(['machine', 'lab'])
          .describe('The owner of the network stack `host`: the machine or a lab.'),
      })
      .describe('The engine that was asked.'),
    host: networkStackSchema.optional().describe("The host's own network stack, read while the servers ran."),
    modes: z
      .array(z.discriminatedUnion('status', [runningModeSchema, failedModeSchema, notOfferedModeSchema]))
      .describe('Each mode that was asked for.'),
    discardedPorts: z
      .strictObject({
        command: z.string().describe('A command that starts such a container.'),
        warnings: z.array(z.string()).describe("The engine's warnings when such a container was created."),
        bound: z.boolean().describe('Whether a process listened on the port while the container ran.'),
      })
      .optional()
      .describe('Ports published together with host mode. Absent if host mode was not requested.'),
  })
  .meta({
    title: 'bench inspect --json',
    description: 'What each network mode looks like from inside a container and from the host.',
  });

export type InspectDocument = z.infer<typeof inspectDocumentSchema>;
export type RunningMode = z.infer<typeof runningModeSchema>;
export type InspectedMode = InspectDocument['modes'][number];
