import { createHash } from 'node:crypto';
import type { Environment } from './environment.ts';
import { profileOf } from './plan.ts';
import type { LoadProfile, ProfileName } from './profile.ts';
import type { Run } from './run.ts';
import { repositoryOf, type Service } from './service.ts';

/** What a part of a fingerprint is about, in the order in which differences are listed. */
export const fingerprintGroups = [
  'method',
  'place',
  'engine',
  'daemon',
  'kernel',
  'cpu',
  'image',
  'network',
  'settings',
  'mitigations',
  'load',
] as const;
type FingerprintGroup = (typeof fingerprintGroups)[number];

/** One fact that absolute figures depend on. */
interface FingerprintPart {
  readonly group: FingerprintGroup;
  /** Unique in a fingerprint, in words for a reader: `docker-proxy`, `spectre_v2`. */
  readonly name: string;
  /** `undefined`: the run did not read it, or does not have it. */
  readonly value?: string | undefined;
}

/** Facts that figures of a run depend on. */
export type Fingerprint = readonly FingerprintPart[];

export interface FingerprintDifference {
  readonly group: FingerprintGroup;
  readonly name: string;
  /** One value a run, in the order of the runs. */
  readonly values: readonly (string | undefined)[];
}

/**
 * The environment and the method of a run: runs that are equal in them are one series. Facts that change from night to
 * night without a change of the machine are left out: numbers of firewall rules and of tracked connections, interfaces
 * of other containers, memory to the byte, the subnet of the link. So is the image of a user's service: it is what is
 * measured, and a job may build it anew each night.
 */
export function fingerprintOf({ schemaVersion, plan, environment }: Run): Fingerprint {
  const { engine, pinning, network, guard } = environment;
  return [
    { group: 'method', name: 'schema', value: String(schemaVersion) },
    { group: 'method', name: 'bench', value: environment.benchVersion },
    { group: 'method', name: 'Node', value: environment.nodeVersion },
    {
      group: 'place',
      name: 'network stack',
      value: engine.endpoint === 'lab' ? "a lab's own" : "the machine's",
    },
    { group: 'place', name: 'hypervisor', value: environment.hypervisor },
    { group: 'engine', name: 'engine', value: engine.version },
    { group: 'engine', name: 'operating system', value: engine.operatingSystem },
    { group: 'daemon', name: 'docker-proxy', value: onOrOff(engine.userlandProxy) },
    { group: 'daemon', name: 'rules for ports by IPv4', value: onOrOff(engine.iptables) },
    { group: 'daemon', name: 'rules for ports by IPv6', value: onOrOff(engine.ip6tables) },
    { group: 'daemon', name: 'storage driver', value: engine.storageDriver },
    { group: 'daemon', name: 'control groups', value: `v${engine.cgroupVersion}` },
    { group: 'daemon', name: 'rootless', value: onOrOff(engine.rootless) },
    { group: 'kernel', name: 'kernel', value: environment.kernel },
    { group: 'kernel', name: 'timer', value: withUnit(environment.timerHz, 'Hz') },
    {
      group: 'kernel',
      name: 'interrupts accounted separately',
      value: onOrOff(environment.irqTimeAccounting),
    },
    ...partsOf('settings', environment.sysctls),
    { group: 'cpu', name: 'CPU', value: environment.cpuModel },
    { group: 'cpu', name: 'CPUs', value: String(environment.cpuCount) },
    { group: 'cpu', name: 'governor', value: environment.cpuGovernor },
    { group: 'cpu', name: 'pinning', value: pinningWords(pinning, plan.exchangeCpus === true) },
    ...partsOf('mitigations', environment.mitigations ?? {}),
    { group: 'network', name: 'firewall', value: environment.firewall },
    { group: 'network', name: 'bridged packets pass iptables', value: onOrOff(network?.bridgeNetfilter) },
    {
      group: 'network',
      name: "guard of the run's servers",
      value: guard && ('backend' in guard ? guard.backend : 'refused'),
    },
    {
      group: 'network',
      name: 'firewall opened for the run',
      value: onOrOff((environment.firewallOpened ?? []).length > 0),
    },
    { group: 'image', name: 'lab image', value: environment.image },
    ...partsOf('image', environment.serverVersions),
  ];
}

/** Facts that change without a change of the machine, as bench's own network and other containers do, and may move a path's cost. */
export function passingFacts({ environment: { network } }: Run): Fingerprint {
  const rules = network?.firewallRules;
  return [
    { group: 'network', name: 'firewall rules', value: rules === undefined ? undefined : String(rules) },
  ];
}

/** Environment, method and the image of a user's service: they decide whether absolute figures of two runs compare. */
export function absoluteFingerprint(run: Run): Fingerprint {
  return [
    ...fingerprintOf(run),
    { group: 'image', name: 'service image', value: run.environment.serviceImage },
  ];
}

/**
 * The load that a profile applies to a server. Overheads under two loads answer two questions. The rates that a run
 * finds by itself are no part of it: they follow from the machine. Neither are tag and digest of a service's image.
 */
export function loadFingerprint({ plan }: Pick<Run, 'plan'>, name: ProfileName): Fingerprint {
  const { connections, load, bulk, ...others } = appliedBy(profileOf(plan, name));
  const { request, service, paced, agents } = plan;
  const facts: Readonly<Record<string, string | undefined>> = {
    load: [`${connections} connections, ${load}`, ...(plan.tls === true ? ['TLS'] : [])].join(', '),
    ...Object.fromEntries(Object.entries(others).map(([key, value]) => [key, JSON.stringify(value)])),
    'load agents': String(agents ?? 1),
    arrivals: load === 'open' && paced !== undefined ? `${paced.arrivals}, share ${paced.share}` : undefined,
    body: bulk === undefined ? `${plan.bodyBytes} bytes` : `${bulk.bytes} bytes ${bulk.direction}`,
    request: request && `${request.method} ${request.path}, digest ${digest(request)}`,
    service: service && `${repositoryOf(service.image)}, digest ${digest(settingsOf(service))}`,
  };
  return partsOf('load', facts);
}

/** All of a profile but its name, what is declared of it, and how long it is applied. */
function appliedBy({
  name: _,
  declaredMetric: _declared,
  sliceFactor: _slice,
  rampFactor: _ramp,
  leastSliceSeconds: _leastSlice,
  leastRampSeconds: _leastRamp,
  ...load
}: LoadProfile) {
  return load;
}

/** All of a service but its image, how bench gets it, and how long it waits for the service. */
function settingsOf({ image: _image, pull: _, readySeconds: _ready, ...settings }: Service): object {
  return settings;
}

/** The parts in which runs differ, in the order of the groups. Facts that no run has are equal. */
export function fingerprintDifferences(
  fingerprints: readonly Fingerprint[],
): readonly FingerprintDifference[] {
  const keyOf = ({ group, name }: FingerprintPart) => `${group} ${name}`;
  const byKey = fingerprints.map((parts) => new Map(parts.map((part) => [keyOf(part), part.value])));
  const all = new Map(fingerprints.flat().map((part) => [keyOf(part), part]));
  const differing = [...all].flatMap(([key, { group, name }]): FingerprintDifference[] => {
    const values = byKey.map((values) => values.get(key));
    return values.every((value) => value === values[0]) ? [] : [{ group, name, values }];
  });
  return fingerprintGroups.flatMap((group) => differing.filter((it) => it.group === group));
}

/**
 * A short name for all runs with this fingerprint: equal fingerprints have one key, whatever the order of their
 * parts. 48 bits of SHA-256 are enough: of a thousand series, two have one key with a probability of 2e-9.
 */
export function seriesKey(fingerprint: Fingerprint): string {
  return digest(Object.fromEntries(fingerprint.map(({ group, name, value }) => [`${group} ${name}`, value])));
}

function partsOf(
  group: FingerprintGroup,
  facts: Readonly<Record<string, string | undefined>>,
): readonly FingerprintPart[] {
  return Object.entries(facts).map(([name, value]) => ({ group, name, value }));
}

function onOrOff(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : value ? 'on' : 'off';
}

function withUnit(value: number | undefined, unit: string): string | undefined {
  return value === undefined ? undefined : `${value} ${unit}`;
}

function pinningWords(pinning: Environment['pinning'], exchanged: boolean): string {
  if (pinning.kind === 'shared') return 'shared';
  const roam = pinning.proxiesRoam === undefined ? '' : ', docker-proxy on any CPU';
  const exchange = exchanged ? ', exchanged in half of the rounds' : '';
  return `servers on ${pinning.serverCpus}, load generator on ${pinning.agentCpus}${exchange}${roam}`;
}

/** The same for equal values, whatever the order of their keys. */
function digest(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(value, (_, it: unknown) => sorted(it)))
    .digest('hex')
    .slice(0, digestLength);
}

const digestLength = 12;

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
