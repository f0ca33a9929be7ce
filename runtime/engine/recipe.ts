import * as z from 'zod';
import { present } from '../../bench/model/present.ts';
import type { ServiceSettings } from '../../bench/model/service.ts';

/** What a container was created from: enough to create another one like it. */
export interface ContainerRecipe {
  readonly name: string;
  readonly image: string;
  readonly imageId: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly user?: string;
  /** TCP ports that it exposes. */
  readonly ports: readonly number[];
  /** Directories and volumes with a name. Those without one are in `settings.volumes`. */
  readonly mounts: readonly {
    readonly source: string;
    readonly target: string;
    readonly writable: boolean;
  }[];
  readonly settings: ServiceSettings;
  /** The names of its networks. */
  readonly networks: readonly string[];
  /** Settings that another container would need too and that a `ContainerSpec` does not carry, in the engine's words. */
  readonly beyond: readonly string[];
}

const texts = z.array(z.string()).nullish();
const perKey = z.record(z.string(), z.unknown()).nullish();

/** The part of an engine's answer (docs.docker.com, Engine API, ContainerInspect) that says how a container was made. */
const inspectedSchema = z.looseObject({
  Name: z.string(),
  Image: z.string(),
  Config: z.looseObject({
    Image: z.string(),
    Cmd: texts,
    Entrypoint: texts,
    Env: texts,
    User: z.string().nullish(),
    WorkingDir: z.string().nullish(),
    ExposedPorts: perKey,
  }),
  HostConfig: z.looseObject({
    Init: z.boolean().nullish(),
    ReadonlyRootfs: z.boolean().nullish(),
    CapAdd: texts,
    CapDrop: texts,
    SecurityOpt: texts,
    GroupAdd: texts,
    ExtraHosts: texts,
    Tmpfs: z.record(z.string(), z.string()).nullish(),
    Memory: z.number().nullish(),
    ShmSize: z.number().nullish(),
    Ulimits: z.array(z.object({ Name: z.string(), Soft: z.number(), Hard: z.number() })).nullish(),
    LogConfig: z.object({ Type: z.string(), Config: z.record(z.string(), z.string()).nullish() }).nullish(),
  }),
  Mounts: z
    .array(
      z.looseObject({
        Type: z.string(),
        Name: z.string().optional(),
        Source: z.string().optional(),
        Destination: z.string(),
        RW: z.boolean(),
      }),
    )
    .nullish(),
  NetworkSettings: z.looseObject({ Networks: perKey }),
});

/** Settings that a copy would need and bench does not give. */
const beyondNames = [
  'Privileged',
  'Devices',
  'DeviceRequests',
  'Sysctls',
  'VolumesFrom',
  'Links',
  'Dns',
  'PidMode',
  'UTSMode',
  'UsernsMode',
  'PidsLimit',
  'OomKillDisable',
] as const;

/** Docker names a volume without a name by 64 hexadecimal digits. */
const withoutName = /^[0-9a-f]{64}$/;

/** Reads how a container was made from an engine's answer about it. */
export function recipeOf(inspected: unknown): ContainerRecipe {
  const { Name, Image, Config, HostConfig, Mounts, NetworkSettings } = inspectedSchema.parse(inspected);
  const mounts = Mounts ?? [];
  const ofVolumes = mounts.filter(({ Type, Name }) => Type === 'volume' && withoutName.test(Name ?? ''));
  return {
    name: Name.replace(/^\//, ''),
    image: Config.Image,
    imageId: Image,
    command: Config.Cmd ?? [],
    environment: Object.fromEntries((Config.Env ?? []).map(variableOf)),
    ...present({ user: Config.User || undefined }),
    ports: Object.keys(Config.ExposedPorts ?? {}).flatMap((port) =>
      port.endsWith('/tcp') ? [Number.parseInt(port, 10)] : [],
    ),
    mounts: mounts.flatMap((mount) => {
      const { Type, Name: name, Source: path, Destination: target, RW: writable } = mount;
      const source = Type === 'volume' ? name : path;
      return ofVolumes.includes(mount) || Type === 'tmpfs' || source === undefined
        ? []
        : [{ source, target, writable }];
    }),
    settings: settingsOf(
      Config,
      HostConfig,
      ofVolumes.map(({ Destination }) => Destination),
    ),
    networks: Object.keys(NetworkSettings.Networks ?? {}),
    beyond: beyondNames.filter((name) => isSet(HostConfig[name])),
  };
}

function settingsOf(
  { Entrypoint, WorkingDir }: z.infer<typeof inspectedSchema>['Config'],
  host: z.infer<typeof inspectedSchema>['HostConfig'],
  volumes: readonly string[],
): ServiceSettings {
  return present({
    entrypoint: some(Entrypoint),
    workingDirectory: WorkingDir || undefined,
    hosts: some(host.ExtraHosts),
    volumes: some(volumes),
    temporary: host.Tmpfs ?? undefined,
    init: host.Init ?? undefined,
    readOnlyRoot: host.ReadonlyRootfs || undefined,
    addedCapabilities: some(host.CapAdd),
    droppedCapabilities: some(host.CapDrop),
    securityOptions: some(host.SecurityOpt),
    groups: some(host.GroupAdd),
    limits: some(host.Ulimits?.map(({ Name, Soft, Hard }) => ({ name: Name, soft: Soft, hard: Hard }))),
    memoryBytes: host.Memory || undefined,
    sharedMemoryBytes: host.ShmSize || undefined,
    logging: host.LogConfig
      ? { driver: host.LogConfig.Type, options: host.LogConfig.Config ?? {} }
      : undefined,
  });
}

function some<T>(list: readonly T[] | null | undefined): T[] | undefined {
  return list === null || list === undefined || list.length === 0 ? undefined : [...list];
}

function variableOf(entry: string): readonly [string, string] {
  const at = entry.indexOf('=');
  return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
}

/** Engines write an unset setting as null, false, 0, an empty text or an empty list. */
function isSet(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return value !== undefined && value !== null && value !== false && value !== '' && !(Number(value) <= 0);
}
