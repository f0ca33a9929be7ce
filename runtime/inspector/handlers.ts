import type { Handlers } from '../../bench/model/rpc.ts';
import { openGate } from './change/gate.ts';
import type { Guards } from './change/guards.ts';
import type { Links } from './change/links.ts';
import type { Natives } from './change/natives.ts';
import type { Openings } from './change/openings.ts';
import { proxyPinner } from './change/proxy-pinner.ts';
import type { RunCommand } from './commander.ts';
import type { InspectorContract } from './contract.ts';
import type { Files } from './files.ts';
import { readConnection } from './read/connection.ts';
import { readConnectionRoom } from './read/connection-room.ts';
import type { MonotonicClock } from './read/cpu.ts';
import { readDnatRules } from './read/dnat.ts';
import { readHealth } from './read/health.ts';
import { readHeldConnection } from './read/held-connection.ts';
import { readKernelCounters } from './read/kernel-counters.ts';
import { readMachine } from './read/machine.ts';
import { otherProcessesReader } from './read/other-processes.ts';
import { spentByThisProcess } from './read/own-processes.ts';
import { readProcessPlace } from './read/process-place.ts';
import { snapshotReader } from './read/snapshot.ts';
import { readStack } from './read/stack.ts';
import { readDetour, readFreeSubnet } from './read/subnet.ts';

interface Surroundings {
  readonly files: Files;
  readonly run: RunCommand;
  readonly clock: MonotonicClock;
  readonly links: Links;
  readonly openings: Openings;
  readonly guards: Guards;
  readonly natives: Natives;
  /** Where the host's cgroup file system is mounted. */
  readonly cgroupRoot: string;
}

/** Every call of the contract with its handler. */
export function inspectorHandlers({
  files,
  run,
  clock,
  links,
  openings,
  guards,
  natives,
  cgroupRoot,
}: Surroundings): Handlers<InspectorContract> {
  const snapshot = snapshotReader(files, run, clock, cgroupRoot, spentByThisProcess);
  const pinProxies = proxyPinner(files, run);
  const readOthers = otherProcessesReader(files);
  return {
    machine: ({ dataRoot }) => readMachine(files, run, { dataRoot, cgroupRoot }),
    stack: ({ pid }) => readStack(files, run, pid),
    'held-connection': (order) => readHeldConnection(files, run, order),
    place: async ({ pid }) => readProcessPlace(files, pid),
    'start-native': (order) => natives.start(order),
    'native-state': ({ pid }) => natives.state(pid),
    'stop-native': async ({ pid }) => {
      await natives.stop(pid);
      return {};
    },
    'free-subnet': async ({ wanted }) => ({ subnet: await readFreeSubnet(run, wanted) }),
    detour: async (order) => {
      const over = await readDetour(run, order);
      return over === undefined ? {} : { over };
    },
    'create-link': async (order) => {
      await links.create(order);
      return {};
    },
    'certain-address': async ({ device, address }) => {
      // Changing the flags of an address does not end the check of it that is under way.
      await run('ip', ['-6', 'address', 'delete', address, 'dev', device]);
      await run('ip', ['-6', 'address', 'add', address, 'dev', device, 'nodad']);
      return {};
    },
    'delete-link': async ({ name }) => ({ existed: await links.remove(name) }),
    'open-firewall': async ({ doors, remark }) => ({
      commands: (await openings.open(doors, remark)).map(({ command }) => command),
    }),
    'firewall-openings': async () => {
      const byRun = new Map((await openings.list()).map(({ runId, owner }) => [runId, { runId, owner }]));
      return { openings: [...byRun.values()] };
    },
    'close-firewall': async ({ runId }) => ({
      removed: (await openings.close(runId)).map(({ command }) => command),
    }),
    'raise-guard': async (order) => ({ backend: await guards.raise(order) }),
    'guard-places': async ({ name, ...places }) => {
      await guards.keep(name, places);
      return {};
    },
    guards: async () => ({ guards: [...(await guards.list())] }),
    'remove-guard': async ({ name }) => ({ existed: await guards.remove(name) }),
    'open-gate': async ({ pid }) => {
      await openGate(pid);
      return {};
    },
    links: async ({ prefix }) => ({ names: [...links.list(prefix)] }),
    health: () => readHealth(files, run),
    'connection-room': async () => readConnectionRoom(files),
    connection: (order) => readConnection(files, run, order),
    'dnat-rules': async (order) => ({ rules: await readDnatRules(files, run, order) }),
    'pin-proxies': async ({ ports, cpus }) => {
      const refused = await pinProxies(ports, cpus);
      return refused === undefined ? {} : { refused };
    },
    'other-processes': async (ours) => ({ processes: [...readOthers(ours)] }),
    'kernel-counters': async (order) => readKernelCounters(files, order),
    snapshot,
  };
}
