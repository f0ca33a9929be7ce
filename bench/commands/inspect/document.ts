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
  path: pathIdSchema.describe('From where it was dialled, to see that it answers.'),
  command: z.string().describe('How one would start such a container oneself.'),
  url: z.string().describe('What was dialled.'),
  serverPid: z.int().describe("The server's process id on the engine's machine."),
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
  setting: z.string().describe('What of this engine or machine stops it, e.g. "bridge": "none".'),
  message: z.string().describe('Why that stops it.'),
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
          .describe("Whose network stack `host` is: the machine's own, or that of a lab."),
      })
      .describe('The engine that was asked.'),
    host: networkStackSchema
      .optional()
      .describe("The host's own stack, while the servers ran in or beside it."),
    modes: z
      .array(z.discriminatedUnion('status', [runningModeSchema, failedModeSchema, notOfferedModeSchema]))
      .describe('Each mode that was asked for.'),
    discardedPorts: z
      .strictObject({
        command: z.string().describe('How one would start such a container oneself.'),
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
  .meta({
    title: 'bench inspect --json',
    description: 'What each network mode looks like from inside a container and from the host.',
  });

export type InspectDocument = z.infer<typeof inspectDocumentSchema>;
export type RunningMode = z.infer<typeof runningModeSchema>;
export type InspectedMode = InspectDocument['modes'][number];
