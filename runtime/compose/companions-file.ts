import { present } from '../../bench/model/present.ts';
import { type ComposedApp, mountedBy } from './composed-app.ts';
import type { ResolvedMount, ResolvedService } from './resolved-file.ts';

/** The service that depends on what the measured one depends on: Compose starts it when they are ready. */
export const readyService = 'bench-ready';

/** The run that the others belong to. */
export interface CompanionPlace {
  readonly prefix: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The lab image, which the stand-in of the measured service runs. */
  readonly image: string;
  /** Name of the bridge network that the others join. */
  readonly network: string;
}

/** The names by which a service is found on its networks. */
export function namesOf(other: string, { resolved, service }: ComposedApp): readonly string[] {
  const { container_name: own, networks = {} } = resolved.services[other] ?? {};
  const links = (resolved.services[service]?.links ?? []).map((link) => link.split(':'));
  const names = [
    other,
    own,
    ...Object.values(networks).flatMap((network) => network?.aliases ?? []),
    ...links.flatMap(([target, alias]) => (target === other ? [alias] : [])),
  ];
  return [...new Set(names.filter((name) => name !== undefined))];
}

/** Keys of another service that bench sets itself, or that would change the machine beyond the run. */
const replaced: readonly string[] = [
  'build',
  'image',
  'container_name',
  'labels',
  'networks',
  'volumes',
  'ports',
  'restart',
  'profiles',
  'pull_policy',
  'links',
];

/**
 * The Compose file of the run: the other services as the user's file has them, under names and labels by which
 * `bench clean` finds them, on the run's network, with volumes of the run. Their values are passed on as Compose printed
 * them.
 *
 *   bench-ready ──depends_on──▶ what the measured service depends on ──▶ …
 */
export function companionsFile(app: ComposedApp, place: CompanionPlace): Readonly<Record<string, unknown>> {
  const { resolved, others, service } = app;
  const { secrets, configs } = resolved;
  const measured = resolved.services[service] ?? {};
  const services = Object.fromEntries(
    others.map((name) => [name, companion(name, resolved.services[name] ?? {}, app, place)]),
  );
  return {
    services: { ...services, [readyService]: readiness(measured, place) },
    networks: { run: { external: true, name: place.network } },
    volumes: volumesOf(app, place),
    ...present({ secrets, configs }),
  };
}

function companion(name: string, service: ResolvedService, app: ComposedApp, place: CompanionPlace) {
  const kept = Object.entries(service).filter(([key, value]) => value !== null && !replaced.includes(key));
  const depends = dependsOn(service);
  return {
    ...Object.fromEntries(kept),
    image: app.images[name]?.image,
    container_name: `${place.prefix}-with-${name}`,
    labels: { ...service.labels, ...place.labels },
    networks: { run: { aliases: namesOf(name, app) } },
    ...(service.volumes === undefined ? {} : { volumes: service.volumes.map(readOnlyHere) }),
    ...(Object.keys(depends).length === 0 ? {} : { depends_on: depends }),
  };
}

function readiness(measured: ResolvedService, place: CompanionPlace) {
  const volumes = (measured.volumes ?? [])
    .map(mountedBy)
    .filter(({ type, source }) => type === 'volume' && source !== undefined)
    // Compose makes the volumes of services that it starts.
    .map(({ source }, index) => `${source}:/volumes/${index}`);
  const depends = dependsOn(measured);
  return {
    image: place.image,
    command: ['true'],
    container_name: `${place.prefix}-with-ready`,
    labels: place.labels,
    network_mode: 'none',
    ...(volumes.length === 0 ? {} : { volumes }),
    ...(Object.keys(depends).length === 0 ? {} : { depends_on: depends }),
  };
}

function dependsOn({ depends_on: depends = {}, links = [] }: ResolvedService) {
  const linked = links.map((link) => [link.split(':')[0] ?? link, { condition: 'service_started' }] as const);
  return { ...Object.fromEntries(linked), ...depends };
}

/** A directory of the machine is read-only for the others: a copy of the user's own may be writing to it. */
function readOnlyHere(mount: ResolvedMount): unknown {
  const { type, source, target, writable } = mountedBy(mount);
  if (type !== 'bind' || !writable) return mount;
  return typeof mount === 'object' ? { ...mount, read_only: true } : `${source}:${target}:ro`;
}

function volumesOf({ resolved, service, others }: ComposedApp, { prefix, labels }: CompanionPlace) {
  const used = [service, ...others].flatMap((name) =>
    (resolved.services[name]?.volumes ?? []).flatMap((mount) => mountedBy(mount).source ?? []),
  );
  const own = Object.entries(resolved.volumes ?? {}).filter(([name]) => used.includes(name));
  return Object.fromEntries(
    own.map(([name, volume]) => [name, { ...volume, name: volumeName(prefix, name), labels }]),
  );
}

/** The name of a run's own volume, on the engine. */
export function volumeName(prefix: string, volume: string): string {
  return `${prefix}-${volume}`;
}
