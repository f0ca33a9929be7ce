import { Failure } from '../../bench/model/failure.ts';
import type { ResolvedService } from './resolved-file.ts';

/** What bench does with a key of the service under test. */
type Treatment =
  /** Its containers get it. */
  | 'kept'
  /** It is left out, with this reason. */
  | { readonly leftOut: string }
  /** The service is not measured, for this reason. */
  | { readonly refused: string };

const ownCpus = { leftOut: 'bench gives each container its CPUs' } as const;
const noTerminal = { leftOut: 'its containers have no terminal' } as const;
const removedAtOnce = { leftOut: 'its containers are removed without a time to end' } as const;
const notInEveryMode = (what: string) => ({
  refused: `it changes ${what}, which a network mode changes too`,
});
const notBuilt = { refused: 'bench does not give it to a container' } as const;

/** The keys of the Compose Specification, with what becomes of each for the service under test. */
const treatments: Readonly<Record<string, Treatment>> = {
  image: 'kept',
  build: 'kept',
  command: 'kept',
  entrypoint: 'kept',
  environment: 'kept',
  env_file: 'kept',
  user: 'kept',
  working_dir: 'kept',
  volumes: 'kept',
  tmpfs: 'kept',
  depends_on: 'kept',
  links: 'kept',
  init: 'kept',
  read_only: 'kept',
  cap_add: 'kept',
  cap_drop: 'kept',
  security_opt: 'kept',
  group_add: 'kept',
  extra_hosts: 'kept',
  ulimits: 'kept',
  mem_limit: 'kept',
  shm_size: 'kept',
  logging: 'kept',
  // Their ports are looked at, and bench publishes the one that it measures.
  ports: 'kept',
  expose: 'kept',
  // Told in a sentence of its own.
  networks: 'kept',
  profiles: 'kept',

  container_name: { leftOut: 'bench names its containers' },
  hostname: { leftOut: 'several of its containers run at once' },
  domainname: { leftOut: 'several of its containers run at once' },
  labels: { leftOut: 'its containers have the labels of bench' },
  annotations: { leftOut: 'its containers have the labels of bench' },
  restart: { leftOut: 'each round starts it afresh' },
  healthcheck: { leftOut: 'bench asks it until it answers' },
  pull_policy: { leftOut: '--pull says when an image is pulled' },
  scale: { leftOut: 'bench runs one in each mode' },
  deploy: { leftOut: 'bench runs one in each mode, with CPUs of its own' },
  stop_grace_period: removedAtOnce,
  stop_signal: removedAtOnce,
  cpus: ownCpus,
  cpuset: ownCpus,
  cpu_count: ownCpus,
  cpu_percent: ownCpus,
  cpu_period: ownCpus,
  cpu_quota: ownCpus,
  cpu_shares: ownCpus,
  tty: noTerminal,
  stdin_open: noTerminal,
  attach: noTerminal,
  develop: { leftOut: 'it is for a service that is being written' },

  network_mode: { refused: 'bench itself sets the network mode' },
  mac_address: notInEveryMode('the network'),
  dns: notInEveryMode('how names are found'),
  dns_opt: notInEveryMode('how names are found'),
  dns_search: notInEveryMode('how names are found'),
  sysctls: { refused: 'in host mode, Docker lets no container change settings of the kernel' },
  external_links: { refused: 'bench starts only what belongs to the file' },
  volumes_from: { refused: 'bench mounts only what the service itself names' },
  secrets: { refused: 'bench mounts no secrets. Mount the file: --mount SOURCE:/run/secrets/NAME' },
  configs: { refused: 'bench mounts no configs. Mount the file: --mount SOURCE:TARGET' },
  privileged: notBuilt,
  devices: notBuilt,
  device_cgroup_rules: notBuilt,
  gpus: notBuilt,
  pid: notBuilt,
  ipc: notBuilt,
  uts: notBuilt,
  userns_mode: notBuilt,
  cgroup: notBuilt,
  cgroup_parent: notBuilt,
  runtime: notBuilt,
  platform: notBuilt,
  isolation: notBuilt,
  credential_spec: notBuilt,
  storage_opt: notBuilt,
  blkio_config: notBuilt,
  mem_reservation: notBuilt,
  mem_swappiness: notBuilt,
  memswap_limit: notBuilt,
  oom_kill_disable: notBuilt,
  oom_score_adj: notBuilt,
  pids_limit: notBuilt,
};

/** Whether a key is in use. Compose 2 prints some that are not, as null. */
function isSet(value: unknown): boolean {
  return value !== null && value !== undefined;
}

/**
 * Checks the keys of the service under test.
 * @returns the keys that are left out, each with the reason: one phrase, or none.
 * @throws {Failure} usage: a key that bench cannot keep, with the reason.
 */
export function judgedKeys(name: string, service: ResolvedService): readonly string[] {
  const replicas = service.deploy?.replicas ?? service.scale ?? 1;
  if (replicas !== 1) {
    throw refusal(name, 'replicas', `${replicas} containers share its load, and bench measures one`);
  }
  const leftOut = Object.keys(service)
    .filter((key) => isSet(service[key]) && !key.startsWith('x-'))
    .sort()
    .flatMap((key) => {
      const treatment: Treatment = treatments[key] ?? { refused: 'bench does not know this key' };
      if (treatment === 'kept') return [];
      if ('refused' in treatment) throw refusal(name, key, treatment.refused);
      return [`${key} (${treatment.leftOut})`];
    });
  return leftOut.length === 0 ? [] : [`left out of ${name}: ${leftOut.join(', ')}`];
}

/** Keys by which one of the other services would leave the network that bench makes for them. */
const ofOthers: Readonly<Record<string, string>> = {
  network_mode: 'it would not be on the network where the measured service finds it',
  external_links: 'bench starts only what belongs to the file',
};

/** @throws {Failure} usage: a key with which another service cannot be started, with the reason. */
export function assertStartable(name: string, service: ResolvedService): void {
  const replicas = service.deploy?.replicas ?? service.scale ?? 1;
  if (replicas !== 1)
    throw refusal(name, 'replicas', `bench starts one of it, and the file asks for ${replicas}`);
  for (const [key, why] of Object.entries(ofOthers)) {
    if (isSet(service[key])) throw refusal(name, key, why);
  }
}

function refusal(name: string, key: string, why: string): Failure {
  return new Failure('usage', `the Compose service ${name} has ${key}: ${why}`, {
    hint: 'Remove the key in a copy of the file for bench, or measure the image alone: --image.',
  });
}
