import * as z from 'zod';
import { Failure } from '../../bench/model/failure.ts';
import { present } from '../../bench/model/present.ts';

/** The part of the answer to `/version` that bench relies on. */
const versionSchema = z.looseObject({
  Version: z.string(),
  ApiVersion: z.string().regex(/^\d+\.\d+$/),
  MinAPIVersion: z
    .string()
    .regex(/^\d+\.\d+$/)
    .optional()
    .catch(undefined),
  /** The engine's components. Another engine that only speaks Docker's API names itself here. */
  Components: z
    .array(z.looseObject({ Name: z.string(), Version: z.string() }))
    .optional()
    .catch(undefined),
});
export type EngineVersion = z.infer<typeof versionSchema>;

/** The part of the answer to `/info` about the engine's machine. */
const infoSchema = z.looseObject({
  OperatingSystem: z.string(),
  OSType: z.string(),
  Driver: z.string(),
  DockerRootDir: z.string(),
  CgroupVersion: z.string().optional(),
  NCPU: z.int().min(1),
  CPUSet: z.boolean().optional(),
  SecurityOptions: z.array(z.string()).nullish(),
});
type EngineInfo = z.infer<typeof infoSchema>;

/** @throws {Failure} unfit: whoever answered at `where` is not a Docker Engine. */
export function engineVersion(answer: unknown, where: string): EngineVersion {
  const version = identified(versionSchema, answer, '/version', where);
  const podman = version.Components?.find(({ Name }) => /podman/i.test(Name));
  if (podman !== undefined) throw isPodman(podman.Version, where);
  return version;
}

/** Podman speaks Docker's API, but differs in what bench measures. */
function isPodman(version: string, where: string): Failure {
  return new Failure('unfit', `the engine at ${where} is Podman ${version}`, {
    hint: 'bench measures the networks of Docker Engine. Podman builds networks differently and has no docker-proxy, so the results would be wrong.\nSet the address of a Docker Engine: DOCKER_HOST=unix:///path/of/its/docker.sock. The package podman-docker puts a socket of Podman at the default address of Docker.',
  });
}

/** @throws {Failure} unfit: whoever answered at `where` is not a Docker Engine. */
export function engineInfo(answer: unknown, where: string): EngineInfo {
  return identified(infoSchema, answer, '/info', where);
}

/** @param seen the answer that came instead, in words. */
export function notAnEngine(where: string, seen: string, cause?: unknown): Failure {
  const tls = /HTTP request to an HTTPS server/i.test(seen);
  return new Failure('unfit', `the service at ${where} is not a Docker Engine: ${seen}`, {
    hint: tls
      ? 'This engine requires TLS. Set DOCKER_TLS_VERIFY=1, and DOCKER_CERT_PATH to the folder with its certificates.'
      : 'Check the address, and whether a proxy answers in place of the engine: docker version',
    ...present({ cause }),
  });
}

function identified<T>(schema: z.ZodType<T>, answer: unknown, path: string, where: string): T {
  const checked = schema.safeParse(answer);
  if (checked.success) return checked.data;
  throw notAnEngine(where, `it answered ${path} with ${answerWords(answer)}`, checked.error);
}

/** The start of an answer, on one line, with no character that would move a terminal's cursor. */
export function answerWords(answer: unknown): string {
  const text = Buffer.isBuffer(answer) ? answer.toString('utf8') : JSON.stringify(answer);
  const line = text.replace(/(?:\s|\p{Cc})+/gu, ' ').trim();
  if (line === '') return 'nothing';
  return `"${line.slice(0, 80)}${line.length > 80 ? '…' : ''}"`;
}

/** The API versions that bench is written for. Every field that it uses exists from `oldest` on. */
export const spokenApi = { oldest: '1.41', newest: '1.47' } as const;

/**
 * The newest API version that both sides speak: engines from 20.10 (1.41) to 29 (which refuses below 1.44).
 * @throws {Failure} unfit: there is none.
 */
export function chooseApiVersion(offered: EngineVersion): string {
  const newest = compare(offered.ApiVersion, spokenApi.newest) < 0 ? offered.ApiVersion : spokenApi.newest;
  const tooOld = compare(newest, spokenApi.oldest) < 0;
  const tooNew = offered.MinAPIVersion !== undefined && compare(newest, offered.MinAPIVersion) < 0;
  if (tooOld || tooNew) {
    throw new Failure(
      'unfit',
      `engine ${offered.Version} supports API ${offered.MinAPIVersion ?? '?'} to ${offered.ApiVersion}; ` +
        `bench supports ${spokenApi.oldest} to ${spokenApi.newest}`,
      { hint: tooOld ? 'Upgrade the engine to 20.10 or newer.' : 'Upgrade bench.' },
    );
  }
  return newest;
}

/** Below 0 when `left` is older. Versions are MAJOR.MINOR. */
function compare(left: string, right: string): number {
  const [leftMajor = 0, leftMinor = 0] = left.split('.').map(Number);
  const [rightMajor = 0, rightMinor = 0] = right.split('.').map(Number);
  return leftMajor - rightMajor || leftMinor - rightMinor;
}
