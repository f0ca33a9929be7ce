import * as z from 'zod';
import { serverNameSchema } from './server.ts';

/** Stands for the port in a service's command or environment. */
const portPlaceholder = '{port}';

const mountSchema = z.strictObject({
  source: z.string().describe("A directory or file of the engine's machine, or the name of a volume."),
  target: z.string().describe('Where the container sees it.'),
  writable: z.boolean().describe('Whether the container may write there.'),
});
export type Mount = z.infer<typeof mountSchema>;

export const pullPolicies = ['missing', 'always', 'never'] as const;

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
  pull: z.enum(pullPolicies).describe('When the image is pulled: only if it is missing, always, or never.'),
  readyPath: z.string().describe('The path that answers when the service is ready.'),
  readySeconds: z.number().positive().describe('Longest time until the service is ready, in seconds.'),
});
export type Service = z.infer<typeof serviceSchema>;

/**
 * Whether the service can be told its port. If not, it listens on the port of its image, also in the host's
 * network stack. Two of it cannot run there at once.
 */
export function canTellPort({ portVariable, environment, command = [] }: Service): boolean {
  return (
    portVariable !== undefined || [...environment, ...command].some((it) => it.includes(portPlaceholder))
  );
}

/**
 * The environment of a service that listens on a port.
 * @param own bench's environment: the source of a NAME without a value.
 */
export function environmentOf(
  { environment, portVariable }: Service,
  port: number,
  own: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const given = environment.flatMap((entry): readonly (readonly [string, string])[] => {
    const at = entry.indexOf('=');
    const [name, value] = at < 0 ? [entry, own[entry]] : [entry.slice(0, at), entry.slice(at + 1)];
    return value === undefined ? [] : [[name, withPort(value, port)]];
  });
  return Object.fromEntries(
    portVariable === undefined ? given : [...given, [portVariable, String(port)] as const],
  );
}

/** A word of a service's command or environment, with its port. */
export function withPort(text: string, port: number): string {
  return text.replaceAll(portPlaceholder, String(port));
}
