import { basename, dirname } from 'node:path';
import type { Composed } from '../../bench/model/described.ts';
import { Failure } from '../../bench/model/failure.ts';
import { wordHint } from '../../bench/model/nearest.ts';
import { present } from '../../bench/model/present.ts';
import type { Mount, ServiceSettings } from '../../bench/model/service.ts';
import { shellWords } from '../../bench/model/shell-words.ts';
import type { Commander } from '../machine/command.ts';
import { type ComposeProgram, findCompose } from './compose-program.ts';
import {
  plainService,
  type ResolvedFile,
  type ResolvedMount,
  type ResolvedService,
  resolvedFile,
} from './resolved-file.ts';
import { assertStartable, judgedKeys } from './service-keys.ts';

/** A service of a Compose file with all that it needs, ready to be built and started. */
export interface ComposedApp extends Composed {
  readonly program: ComposeProgram;
  readonly resolved: ResolvedFile;
  /** The images of the service and of the others, and whether Compose can build them, by service. */
  readonly images: Readonly<Record<string, { readonly image: string; readonly built: boolean }>>;
}

/** What the user asks for. */
interface ComposeRequest {
  /** The file's absolute path. */
  readonly file: string;
  readonly service: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads a service of a Compose file with the machine's Compose.
 * @throws {Failure} unfit: no Compose; usage: no such file or service, or something in it that bench cannot keep.
 */
export async function readComposed(commander: Commander, request: ComposeRequest): Promise<ComposedApp> {
  const program = await findCompose(commander);
  return composedApp(await resolvedFile(commander, program, request.file), program, request);
}

/** The same of a file that has been read. */
function composedApp(
  resolved: ResolvedFile,
  program: ComposeProgram,
  { file, service: name, env }: ComposeRequest,
): ComposedApp {
  const found = resolved.services[name];
  if (found === undefined) {
    const names = Object.keys(resolved.services);
    throw new Failure('usage', `${file} has no service ${name}`, { hint: wordHint(name, names, 'Services') });
  }
  const service = plainService(found);
  const leftOut = judgedKeys(name, service);
  const others = neededBy(name, resolved);
  for (const other of others) {
    const { volumes = [], ...keys } = resolved.services[other] ?? {};
    assertStartable(other, keys);
    assertOwnVolumes(other, volumes.map(mountedBy), resolved);
  }
  const project = resolved.name ?? projectOf(file, env);
  const imageOf = (of: string) => {
    const { image, build } = resolved.services[of] ?? {};
    const built = build !== undefined && build !== null;
    return { image: image ?? `${project}${program.major === 1 ? '_' : '-'}${of}`, built };
  };
  const images = Object.fromEntries([name, ...others].map((of) => [of, imageOf(of)]));
  const { mounts, volumes } = mountsOf(name, service, resolved);
  const settings = settingsOf(service, volumes);
  const command = wordsOf(service.command);
  return {
    program,
    resolved,
    images,
    file,
    service: name,
    image: imageOf(name).image,
    ports: portsOf(service),
    environment: environmentOf(service),
    mounts: mounts.map(({ writable, ...mount }) => ({
      ...mount,
      writable: writable && mount.ofRun === true,
    })),
    ...(command.length === 0 ? {} : { command }),
    ...present({ user: service.user?.toString() }),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
    others,
    differences: [
      ...othersText(others, resolved),
      ...networksText([name, ...others], resolved),
      ...volumesText([name, ...others], resolved),
      ...leftOut,
    ],
  };
}

/**
 * The services that a service depends on, directly or not, in the file's order.
 * @throws {Failure} usage: one that the file does not have.
 */
function neededBy(name: string, { services }: ResolvedFile): readonly string[] {
  const needed = new Set<string>();
  function visit(of: string): void {
    const { depends_on: depends = {}, links = [] } = services[of] ?? {};
    for (const other of [...Object.keys(depends), ...links.map((link) => link.split(':')[0] ?? link)]) {
      if (other === name || needed.has(other)) continue;
      if (services[other] === undefined && depends[other]?.required === false) continue;
      if (services[other] === undefined) {
        throw new Failure(
          'usage',
          `the Compose service ${of} depends on ${other}, which the file does not start`,
          {
            hint: `It may belong to a profile: COMPOSE_PROFILES=NAME bench run --compose …`,
          },
        );
      }
      needed.add(other);
      visit(other);
    }
  }
  visit(name);
  return Object.keys(services).filter((other) => needed.has(other));
}

/** The project's name, by the rule of 1.29: the later versions print it. */
function projectOf(file: string, env: ComposeRequest['env']): string {
  const name = env['COMPOSE_PROJECT_NAME'] || basename(dirname(file));
  return name.toLowerCase().replace(/[^-_a-z0-9]/g, '');
}

function portsOf({ ports = [], expose = [] }: ResolvedService): readonly number[] {
  const published = ports.flatMap((port) => {
    if (typeof port === 'object') return port.protocol === 'udp' ? [] : [port.target];
    return targetOf(String(port));
  });
  return [...new Set([...published, ...expose.flatMap((port) => targetOf(String(port)))])];
}

/** `127.0.0.1:8080:80/tcp` → 80; of a range none. */
function targetOf(port: string): readonly number[] {
  const [, target] = /(?:^|:)(\d+)(?:\/tcp)?$/.exec(port) ?? [];
  return target === undefined ? [] : [Number(target)];
}

function environmentOf({ environment = {} }: ResolvedService): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])),
  );
}

/** 1.29 prints a command as it is written, later versions print its words. */
function wordsOf(words: ResolvedService['command']): readonly string[] {
  return typeof words === 'string' ? shellWords(words) : (words ?? []);
}

/** What one entry of `volumes` mounts. A source without a slash is a volume of the file. */
interface MountedThere {
  readonly type: string;
  readonly source?: string;
  readonly target: string;
  readonly writable: boolean;
}

export function mountedBy(mount: ResolvedMount): MountedThere {
  if (typeof mount === 'object') {
    const { type, source, target, read_only: readOnly } = mount;
    return { type, target, writable: readOnly !== true, ...present({ source }) };
  }
  const [first = '', target, mode = ''] = mount.split(':');
  if (target === undefined) return { type: 'volume', target: first, writable: true };
  const type = first.startsWith('/') ? 'bind' : 'volume';
  return { type, source: first, target, writable: !mode.split(',').includes('ro') };
}

/** The mounts of the service under test, and the paths of its volumes without a name. */
function mountsOf(
  name: string,
  { volumes = [] }: ResolvedService,
  resolved: ResolvedFile,
): { readonly mounts: readonly Mount[]; readonly volumes: readonly string[] } {
  const all = volumes.map(mountedBy);
  const strange = all.find(({ type }) => !['bind', 'volume', 'tmpfs'].includes(type));
  if (strange !== undefined) {
    throw new Failure('usage', `the Compose service ${name} mounts a ${strange.type} at ${strange.target}`, {
      hint: 'bench mounts directories, volumes and tmpfs.',
    });
  }
  assertOwnVolumes(name, all, resolved);
  return {
    mounts: all.flatMap(({ type, source, target, writable }) => {
      if (source === undefined) return [];
      return [{ source, target, writable, ...(type === 'volume' ? { ofRun: true as const } : {}) }];
    }),
    volumes: all.flatMap(({ type, source, target }) =>
      type === 'volume' && source === undefined ? [target] : [],
    ),
  };
}

/** @throws {Failure} usage: a volume that is not the file's own. Its data may be in use. */
function assertOwnVolumes(
  name: string,
  mounts: readonly MountedThere[],
  { volumes = {} }: ResolvedFile,
): void {
  for (const { type, source } of mounts) {
    if (type !== 'volume' || source === undefined) continue;
    const external = volumes[source]?.external;
    if (external === undefined || external === false || external === null) continue;
    throw new Failure('usage', `the Compose service ${name} uses the external volume ${source}`, {
      hint: 'Its data may be in use, so bench does not touch it. Give the service a volume of its own in a copy of the file: bench starts it empty.',
    });
  }
}

function settingsOf(service: ResolvedService, volumes: readonly string[]): ServiceSettings {
  const entrypoint = wordsOf(service.entrypoint);
  const tmpfs = [
    ...[service.tmpfs ?? []].flat(),
    ...(service.volumes ?? [])
      .map(mountedBy)
      .filter(({ type }) => type === 'tmpfs')
      .map(({ target }) => target),
  ].map((entry) => {
    const [path = '', ...options] = entry.split(':');
    return [path, options.join(':')] as const;
  });
  const { logging } = service;
  return present({
    entrypoint: entrypoint.length === 0 ? undefined : [...entrypoint],
    workingDirectory: service.working_dir,
    hosts: some(hostLines(service.extra_hosts)),
    volumes: some(volumes),
    temporary: tmpfs.length === 0 ? undefined : Object.fromEntries(tmpfs),
    init: service.init,
    readOnlyRoot: service.read_only,
    addedCapabilities: some(service.cap_add),
    droppedCapabilities: some(service.cap_drop),
    securityOptions: some(service.security_opt),
    groups: some(service.group_add?.map(String)),
    limits: some(
      Object.entries(service.ulimits ?? {}).map(([name, limit]) =>
        typeof limit === 'number' ? { name, soft: limit, hard: limit } : { name, ...softAndHard(limit) },
      ),
    ),
    memoryBytes: bytesOf(service.mem_limit),
    sharedMemoryBytes: bytesOf(service.shm_size),
    logging: logging && {
      driver: logging.driver ?? 'json-file',
      options: Object.fromEntries(
        Object.entries(logging.options ?? {}).map(([key, it]) => [key, String(it)]),
      ),
    },
  });
}

function softAndHard({ soft, hard }: { readonly soft: number; readonly hard: number }) {
  return { soft, hard };
}

function some<T>(list: readonly T[] | undefined): T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : [...list];
}

/** `name:address`. Compose 2 prints `name=address`. */
function hostLines(hosts: ResolvedService['extra_hosts'] = []): readonly string[] {
  if (!Array.isArray(hosts)) return Object.entries(hosts).map(([name, address]) => `${name}:${address}`);
  return hosts.map((line) => line.replace(/[=:]/, ':'));
}

const factors: Readonly<Record<string, number>> = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** `100m`, `64mb` and `104857600`, as Compose writes sizes. */
function bytesOf(size: string | number | boolean | undefined): number | undefined {
  const [, number, unit = 'b'] = /^(\d+(?:\.\d+)?)([bkmg])?b?$/i.exec(String(size ?? '')) ?? [];
  return number === undefined ? undefined : Math.round(Number(number) * (factors[unit.toLowerCase()] ?? 1));
}

function othersText(others: readonly string[], { services }: ResolvedFile): readonly string[] {
  if (others.length === 0) return [];
  const published = others.filter((name) => (services[name]?.ports ?? []).length > 0);
  return [
    `${others.join(', ')}: started once, before round 1, and removed after the run`,
    ...(published.length === 0 ? [] : [`${published.join(', ')}: no port is published`]),
  ];
}

function networksText(
  names: readonly string[],
  { services, networks = {} }: ResolvedFile,
): readonly string[] {
  const on = [...new Set(names.flatMap((name) => Object.keys(services[name]?.networks ?? {})))];
  const special = on.filter((network) => Object.keys(networks[network] ?? {}).some(isOfNetwork));
  const one = 'one bridge network of the run, without the settings of the file';
  return on.length > 1 || special.length > 0
    ? [`instead of the ${on.length === 1 ? 'network' : 'networks'} ${on.join(', ')}: ${one}`]
    : [];
}

/** Compose 2 prints these two for every network. */
function isOfNetwork(key: string): boolean {
  return key !== 'name' && key !== 'ipam';
}

function volumesText(names: readonly string[], { services }: ResolvedFile): readonly string[] {
  const mounts = names.flatMap((name) =>
    (services[name]?.volumes ?? []).map((mount) => ({ name, ...mountedBy(mount) })),
  );
  const empty = mounts.flatMap(({ type, source }) =>
    type === 'volume' && source !== undefined ? [source] : [],
  );
  const kept = mounts.filter(({ type, writable }) => type === 'bind' && writable);
  return [
    ...(empty.length === 0
      ? []
      : [`volumes of the run, empty at its start: ${[...new Set(empty)].join(', ')}`]),
    ...kept.map(({ name, source, target }) => `${name} sees ${source} at ${target} read-only`),
  ];
}
