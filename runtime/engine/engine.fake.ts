import { type FakeProgram, fakeContainers, idleProgram } from './containers.fake.ts';
import type { ContainerSpec, Engine, EngineAbout } from './engine.ts';
import { type FakeFault, fakeGate } from './gate.fake.ts';
import { type FakeImagesOptions, fakeImages } from './images.fake.ts';
import { fakeNetworks } from './networks.fake.ts';
import { type FakeVolume, fakeVolumes } from './volumes.fake.ts';

export { type FakeProgram, idleProgram } from './containers.fake.ts';
export type { FakeFault } from './gate.fake.ts';

interface FakeEngineOptions extends FakeImagesOptions {
  readonly about?: Partial<EngineAbout>;
  /** The program of a container: `idleProgram` if left out. */
  readonly program?: (spec: ContainerSpec) => FakeProgram;
  readonly fail?: readonly FakeFault[];
  /** The volumes that are there: bench makes none itself. */
  readonly volumes?: readonly FakeVolume[];
  /** False: its kernel has no CPU sets, so that it warns and discards the CPUs of containers. */
  readonly cpuSets?: boolean;
  /** The list to which calls are added. Tests pass it if they want one order over several fakes. */
  readonly journal?: string[];
}

export interface FakeEngine extends Engine {
  /** Every call that changes something, in order, those that failed included: `create web`, `start web`, … */
  readonly journal: readonly string[];
  /** Names of the containers that are there, in the order of their creation. */
  names(): readonly string[];
  /** From now on its kernel has no CPU sets. */
  loseCpuSets(): void;
  /** Unplugs the engine: attached streams end, and every later call fails. */
  unplug(): void;
}

const fakeAbout: EngineAbout = {
  version: '28.0.0',
  apiVersion: '1.47',
  operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  osType: 'linux',
  storageDriver: 'overlay2',
  dataRoot: '/var/lib/docker',
  cgroupVersion: '2',
  cpuSets: true,
  rootless: false,
  cpuCount: 2,
  endpoint: 'socket',
  address: 'unix:///var/run/docker.sock',
};

/**
 * An engine in memory, for tests of order and failure: containers, images and networks, with a gate before all calls. It
 * keeps the rules of a real one as far as engine.contract.ts tells them.
 */
export function fakeEngine(options: FakeEngineOptions = {}): FakeEngine {
  const about = { ...fakeAbout, ...options.about };
  const journal = options.journal ?? [];
  let cpuSets = options.cpuSets ?? true;
  const gate = fakeGate({ address: about.address, journal, fail: options.fail });
  const images = fakeImages(options, { gate, journal, isUsed: (tag) => containers.isMadeFrom(tag) });
  const networks = fakeNetworks({
    enter: gate.enter,
    nameOf: (id) => containers.nameOf(id),
    attachedTo: (id) => containers.runsOn(id),
  });
  const containers = fakeContainers({
    gate,
    programOf: options.program ?? (() => idleProgram),
    hasImage: images.has,
    imageIdOf: images.idOf,
    prefixOf: networks.prefixOf,
    cpuSets: () => cpuSets,
  });
  return {
    about,
    journal,
    names: containers.names,
    loseCpuSets() {
      cpuSets = false;
    },
    unplug() {
      gate.unplug();
      containers.endStreams();
    },
    ...images.calls,
    ...containers.calls,
    ...networks.calls,
    ...fakeVolumes(options.volumes ?? [], gate.enter),
  };
}
