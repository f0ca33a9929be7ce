import * as z from 'zod';
import { serverNameSchema } from './server.ts';

/** Stands for the port in a service's command or environment. */
const portPlaceholder = '{port}';

const mountSchema = z.strictObject({
  source: z.string().describe("A directory or file of the engine's machine, or the name of a volume."),
  target: z.string().describe('Where the container sees it.'),
  writable: z.boolean().describe('Whether the container may write there.'),
  ofRun: z
    .literal(true)
    .optional()
    .describe(
      "The source is a volume that is made for the run, empty, and removed after it. Absent: it is the user's.",
    ),
});
export type Mount = z.infer<typeof mountSchema>;

/** What a container is given besides image, command, environment, mounts and user. Each is absent if not given. */
const serviceSettingsSchema = z.strictObject({
  entrypoint: z.array(z.string()).optional().describe("Replaces the image's entrypoint."),
  workingDirectory: z.string().optional().describe('Where the command starts.'),
  hosts: z.array(z.string()).optional().describe('Lines of its /etc/hosts: NAME:ADDRESS.'),
  volumes: z.array(z.string()).optional().describe('Paths at which each container has an empty volume.'),
  temporary: z
    .record(z.string(), z.string())
    .optional()
    .describe('Paths with a file system in memory, and its options.'),
  init: z.boolean().optional().describe('Whether an init runs as its first process.'),
  readOnlyRoot: z.boolean().optional().describe('Whether its root file system is read-only.'),
  addedCapabilities: z
    .array(z.string())
    .optional()
    .describe('Capabilities beyond those that the engine gives.'),
  droppedCapabilities: z.array(z.string()).optional().describe('Capabilities that it does not have.'),
  securityOptions: z.array(z.string()).optional().describe('As `docker run --security-opt` has them.'),
  groups: z.array(z.string()).optional().describe("Further groups of the command's user."),
  limits: z
    .array(
      z.strictObject({
        name: z.string().describe('Of the limit, e.g. nofile.'),
        soft: z.int().describe('The limit that holds, in the unit of the limit; -1: none.'),
        hard: z.int().describe('How far a process may raise it, in the same unit.'),
      }),
    )
    .optional()
    .describe('Its ulimits.'),
  memoryBytes: z.int().optional().describe('The most memory that it may use, in bytes.'),
  sharedMemoryBytes: z.int().optional().describe('Size of its /dev/shm, in bytes.'),
  logging: z
    .strictObject({
      driver: z.string().describe('The logging driver, e.g. json-file.'),
      options: z.record(z.string(), z.string()).describe("The driver's options, by name."),
    })
    .optional()
    .describe("Where its output goes. Absent: as the engine's default has it."),
});
export type ServiceSettings = z.infer<typeof serviceSettingsSchema>;

const composeSourceSchema = z.strictObject({
  file: z.string().describe('The Compose file that the service is from.'),
  service: z.string().describe('Its name there.'),
  variables: z
    .array(z.string())
    .describe('Environment variables that have their values from the file. The values are not recorded.'),
  others: z
    .array(z.string())
    .describe(
      'The services that it depends on. They are started once, before round 1, and removed after the run.',
    ),
  differences: z
    .array(z.string())
    .describe('What differs from `docker compose up`, besides the network modes: a sentence each.'),
});

export const pullPolicies = ['missing', 'always', 'never'] as const;

const copySourceSchema = z.strictObject({
  container: z.string().describe("The user's container that the service is copied from. It gets no load."),
  variables: z
    .array(z.string())
    .describe(
      'Environment variables that have their values from the container. The values are not recorded.',
    ),
  differences: z.array(z.string()).describe('What differs from that container, a phrase each.'),
});

const runningSourceSchema = z.strictObject({
  container: z.string().describe("The user's container. It is measured as it runs, and not changed."),
  published: z
    .strictObject({
      address: z
        .string()
        .optional()
        .describe('The address of the host at which the port is published. Absent: every one.'),
      port: z.int().min(1).max(65_535).describe('The port of the host.'),
    })
    .optional()
    .describe('Where its port is published. Absent: nowhere.'),
});

export type RunningSource = z.infer<typeof runningSourceSchema>;

/** The user's own service: an image that is used as it is, and what a `docker run` of it would say. */
export const serviceSchema = z.strictObject({
  name: serverNameSchema,
  image: z.string().describe('The image, as `docker run` takes it.'),
  port: z.int().min(1).max(65_535).describe('TCP port on which the service listens in its container.'),
  portVariable: z
    .string()
    .optional()
    .describe('The environment variable that tells the service its port. Absent: none does.'),
  environment: z
    .array(z.string())
    .describe(
      "Environment variables: NAME=value. A NAME alone takes the value of bench's own environment, which is not recorded.",
    ),
  mounts: z.array(mountSchema).describe('What the container sees of the machine.'),
  command: z.array(z.string()).optional().describe("The command. Absent: the image's own."),
  user: z.string().optional().describe("The user that the command runs as. Absent: the image's own."),
  settings: serviceSettingsSchema.optional().describe('What else its containers are given. Absent: nothing.'),
  compose: composeSourceSchema
    .optional()
    .describe('The Compose file that the service is from. Absent: none.'),
  copy: copySourceSchema.optional().describe('The container that the service is a copy of. Absent: none.'),
  running: runningSourceSchema
    .optional()
    .describe('The running container that is measured itself. Absent: bench starts the service.'),
  pull: z.enum(pullPolicies).describe('When the image is pulled: only if it is missing, always, or never.'),
  readyPath: z.string().describe('The path that answers when the service is ready.'),
  readySeconds: z.number().positive().describe('Longest time until the service is ready, in seconds.'),
});
export type Service = z.infer<typeof serviceSchema>;

/** An image without its tag and digest: `registry:5000/my/app:1.2@sha256:…` → `registry:5000/my/app`. */
export function repositoryOf(image: string): string {
  return image.replace(/@.*$/, '').replace(/:[^/]*$/, '');
}

/**
 * Whether the service can be told its port. If not, it listens on the port of its image, also in the host's
 * network stack. Two of it cannot run there at once.
 */
export function canTellPort({ portVariable, environment, command = [] }: Service): boolean {
  return (
    portVariable !== undefined || [...environment, ...command].some((it) => it.includes(portPlaceholder))
  );
}

/** Where variables that a plan only names have their values from. */
interface VariableSources {
  /** bench's own environment. */
  readonly own: Readonly<Record<string, string | undefined>>;
  /** The Compose file or container that describes the service. */
  readonly described: Readonly<Record<string, string>>;
}

/** The environment of a service that listens on a port. */
export function environmentOf(
  { environment, portVariable, compose, copy }: Service,
  port: number,
  { own, described }: VariableSources,
): Readonly<Record<string, string>> {
  const ofDescription = ((compose ?? copy)?.variables ?? []).flatMap((name): readonly Variable[] => {
    const value = described[name];
    return value === undefined ? [] : [[name, value]];
  });
  const given = environment.flatMap((entry): readonly Variable[] => {
    const at = entry.indexOf('=');
    const [name, value] = at < 0 ? [entry, own[entry]] : [entry.slice(0, at), entry.slice(at + 1)];
    return value === undefined ? [] : [[name, withPort(value, port)]];
  });
  const told: readonly Variable[] = portVariable === undefined ? [] : [[portVariable, String(port)]];
  return Object.fromEntries([...ofDescription, ...given, ...told]);
}

/** Whether copies of the service that listen in the host's stack need one port, and cannot run there at the same time. */
export function needsPortAlone(service: Service): boolean {
  return service.running === undefined && !canTellPort(service);
}

type Variable = readonly [name: string, value: string];

/** A word of a service's command or environment, with its port. */
export function withPort(text: string, port: number): string {
  return text.replaceAll(portPlaceholder, String(port));
}
