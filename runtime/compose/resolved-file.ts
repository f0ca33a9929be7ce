import { parse } from 'yaml';
import * as z from 'zod';
import { Failure, messageOf } from '../../bench/model/failure.ts';
import type { Commander } from '../machine/command.ts';
import { type ComposeProgram, runCompose } from './compose-program.ts';

/*
 * A Compose file as `config` prints it: variables are replaced, paths are absolute, files of variables are read.
 * 1.29 prints YAML with short forms, later versions print JSON with long ones. Keys that bench does not read are kept,
 * because Compose itself starts the other services.
 */

const scalar = z.union([z.string(), z.number(), z.boolean()]);
const words = z.union([z.string(), z.array(z.string())]).nullish();

const mountSchema = z.union([
  z.string(),
  z.looseObject({
    type: z.string(),
    source: z.string().optional(),
    target: z.string(),
    read_only: z.boolean().optional(),
  }),
]);
export type ResolvedMount = z.infer<typeof mountSchema>;

const portSchema = z.union([
  scalar,
  z.looseObject({ target: z.coerce.number(), protocol: z.string().optional() }),
]);

const resolvedServiceSchema = z.looseObject({
  image: z.string().optional(),
  build: z.unknown().optional(),
  container_name: z.string().optional(),
  command: words,
  entrypoint: words,
  environment: z.record(z.string(), scalar.nullable()).optional(),
  labels: z.record(z.string(), scalar.nullable()).optional(),
  user: scalar.optional(),
  working_dir: z.string().optional(),
  volumes: z.array(mountSchema).optional(),
  ports: z.array(portSchema).optional(),
  expose: z.array(scalar).optional(),
  depends_on: z.record(z.string(), z.looseObject({ required: z.boolean().optional() })).optional(),
  links: z.array(z.string()).optional(),
  networks: z
    .record(z.string(), z.looseObject({ aliases: z.array(z.string()).optional() }).nullable())
    .optional(),
  scale: z.number().optional(),
  deploy: z.looseObject({ replicas: z.number().optional() }).optional(),
  init: z.boolean().optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.union([z.string(), z.array(z.string())]).optional(),
  cap_add: z.array(z.string()).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  group_add: z.array(scalar).optional(),
  extra_hosts: z.union([z.array(z.string()), z.record(z.string(), scalar)]).optional(),
  ulimits: z
    .record(z.string(), z.union([z.number(), z.looseObject({ soft: z.number(), hard: z.number() })]))
    .optional(),
  mem_limit: scalar.optional(),
  shm_size: scalar.optional(),
  logging: z
    .looseObject({ driver: z.string().optional(), options: z.record(z.string(), scalar).nullish() })
    .optional(),
});
export type ResolvedService = z.infer<typeof resolvedServiceSchema>;

const resolvedFileSchema = z.looseObject({
  /** The project, from Compose 2 on. */
  name: z.string().optional(),
  services: z.record(z.string(), resolvedServiceSchema),
  volumes: z.record(z.string(), z.looseObject({ external: z.unknown().optional() }).nullable()).optional(),
  networks: z.record(z.string(), z.looseObject({}).nullable()).optional(),
});
export type ResolvedFile = z.infer<typeof resolvedFileSchema>;

/**
 * Lets Compose read a file.
 * @param file its absolute path.
 * @throws {Failure} usage: Compose cannot read it, with what it said; unfit: it prints something else.
 */
export async function resolvedFile(
  commander: Commander,
  program: ComposeProgram,
  file: string,
): Promise<ResolvedFile> {
  const format = program.major === 1 ? [] : ['--format', 'json'];
  const text = await runCompose(commander, program, {
    what: `read ${file}`,
    args: ['-f', file, 'config', ...format],
    timeoutSeconds: 60,
  }).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    throw new Failure('usage', error.message, { cause: error, ...(error.hint && { hint: error.hint }) });
  });
  try {
    // PyYAML writes YAML 1.1.
    const printed: unknown = program.major === 1 ? parse(text, { version: '1.1' }) : JSON.parse(text);
    return resolvedFileSchema.parse(printed);
  } catch (cause) {
    throw new Failure(
      'unfit',
      `${program.name} config printed something for ${file} that bench cannot read`,
      {
        hint: messageOf(cause).split('\n').slice(0, 8).join('\n'),
        cause,
      },
    );
  }
}

/** A service with its values as its container sees them: Compose prints a dollar as two, so that a file can be made of it. */
export function plainService(service: ResolvedService): ResolvedService {
  return resolvedServiceSchema.parse(unescaped(service));
}

function unescaped(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('$$', '$');
  if (Array.isArray(value)) return value.map(unescaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, it]) => [key, unescaped(it)]));
}
