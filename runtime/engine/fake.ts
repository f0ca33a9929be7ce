import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Failure } from '../../bench/model/failure.ts';
import { goOn } from '../../bench/model/go-on.ts';
import type { Channel } from '../../bench/model/rpc.ts';
import type {
  ContainerSpec,
  CreatedContainer,
  Engine,
  EngineAbout,
  Found,
  Publication,
  PublishedPort,
} from './engine.ts';
import { fakeNetworks } from './fake-networks.ts';

/** What the engine runs in a container. Resolves to the exit code; the container has ended then. */
export type FakeProgram = (process: FakeProcess) => Promise<number>;

export interface FakeProcess {
  /** The program's end of the streams: it reads `output` and writes to `input`, as `serveRpc` does. */
  readonly channel: Channel;
  /** One line on stderr, kept for `lastLines` and `stderrTail`. */
  say(line: string): void;
  /** Resolves when the container is removed. */
  readonly killed: Promise<void>;
}

/** An error for the calls of one kind, or for those about names (or tags) that fit. Such a call does nothing. */
export interface FakeFault {
  readonly call: FakeCall;
  readonly name?: RegExp;
  readonly with: Failure;
}

export type FakeCall =
  | 'create'
  | 'start'
  | 'inspect'
  | 'remove'
  | 'containers'
  | 'image-exists'
  | 'images'
  | 'import'
  | 'build'
  | 'remove-image'
  | 'create-network'
  | 'connect'
  | 'remove-network'
  | 'networks';

export interface FakeEngineOptions {
  readonly about?: Partial<EngineAbout>;
  /** Tags of the images that are there. */
  readonly images?: readonly string[];
  /** Of those images, by their tags. */
  readonly imageLabels?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** References that the registry gives. It gives none if left out. */
  readonly registry?: readonly string[];
  /** Why the registry does not give the others. */
  readonly registryProblem?: string;
  /** What a container runs: `idleProgram` if left out. */
  readonly program?: (spec: ContainerSpec) => FakeProgram;
  readonly fail?: readonly FakeFault[];
  /** Where calls are noted: given by tests that want one order over several fakes. */
  readonly journal?: string[];
}

export interface FakeEngine extends Engine {
  /** Every call that changes something, in order, those that failed included: `create web`, `start web`, … */
  readonly journal: readonly string[];
  /** Names of the containers that are there, in the order of their creation. */
  names(): readonly string[];
  /** The engine goes away: attached streams end, and every later call finds nobody. */
  unplug(): void;
}

/** Runs until it is removed or, where attached, until its input ends. */
export const idleProgram: FakeProgram = async ({ channel, killed }) => {
  channel.output.resume();
  await Promise.race([killed, once(channel.output, 'end')]);
  return 0;
};

interface Container {
  readonly id: string;
  /** Its number among all that were ever made, from 1. */
  readonly number: number;
  readonly spec: ContainerSpec;
  readonly lines: string[];
  readonly kill: () => void;
  readonly killed: Promise<void>;
  /** From the client to the program, and back. */
  readonly there: PassThrough;
  readonly back: PassThrough;
  state: 'created' | 'running' | 'exited';
  pid: number;
  exitCode: number;
  address: string | undefined;
}

const fakeAbout: EngineAbout = {
  version: '28.0.0',
  apiVersion: '1.47',
  operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  osType: 'linux',
  storageDriver: 'overlay2',
  dataRoot: '/var/lib/docker',
  cgroupVersion: '2',
  rootless: false,
  cpuCount: 2,
  endpoint: 'socket',
  address: 'unix:///var/run/docker.sock',
};

/**
 * An engine in memory, for tests of order and failure. It keeps the rules of a real one as far as
 * engine.contract.ts tells them:
 *
 *   created ──start──▶ running ──its program ends──▶ exited (gone, where attached)
 *      └────────────────remove, from any state────────▶ gone
 */
export function fakeEngine(options: FakeEngineOptions = {}): FakeEngine {
  const about = { ...fakeAbout, ...options.about };
  const journal = options.journal ?? [];
  const containers = new Map<string, Container>();
  const images = new Map((options.images ?? []).map((tag) => [tag, options.imageLabels?.[tag] ?? {}]));
  const nets = fakeNetworks({
    enter,
    nameOf,
    attachedTo: (id) => runningOnes().some(({ spec }) => onNetwork(spec, id)),
  });
  let made = 0;
  let unplugged = false;

  /** Before every call: is there anybody, and is this one scripted to fail? */
  function enter(call: FakeCall, name: string, words = `${call} ${name}`): void {
    if (changing.has(call)) journal.push(`${call} ${name}`);
    if (unplugged) {
      throw new Failure('partial', `the engine at ${about.address} stopped answering (tried to ${words})`, {
        hint: 'Start it again.',
      });
    }
    const fault = options.fail?.find((fault) => fault.call === call && (fault.name?.test(name) ?? true));
    if (fault !== undefined) throw fault.with;
  }

  function end(container: Container, exitCode: number): void {
    container.state = 'exited';
    container.exitCode = exitCode;
    container.pid = 0;
    container.address = undefined;
    container.back.end();
    if (container.spec.attached) containers.delete(container.id);
  }

  function start(container: Container): void {
    const { spec, id } = container;
    enter('start', spec.name);
    if (!containers.has(id)) throw refusal(`start ${spec.name}`, `No such container: ${id}`);
    if (container.state === 'running') throw refusal(`start ${spec.name}`, 'container already started');
    if (spec.attachment.kind === 'container') {
      const holder = containers.get(spec.attachment.id);
      if (holder === undefined) {
        throw refusal(`start ${spec.name}`, `No such container: ${spec.attachment.id}`);
      }
      if (holder.state !== 'running') {
        throw refusal(
          `start ${spec.name}`,
          `cannot join network of a non running container: ${holder.spec.name}`,
        );
      }
    }
    const taken = runningOnes().flatMap((other) => sockets(other.spec));
    const clash = sockets(spec).find((socket) => taken.includes(socket));
    if (clash !== undefined) {
      throw refusal(
        `start ${spec.name}`,
        `Bind for ${clash} failed: port is already allocated`,
        'Another program holds that port. See who with: ss -ltnp.',
      );
    }
    container.state = 'running';
    container.pid = 1000 + container.number;
    container.address = addressFor(spec);
    run(container);
  }

  function run(container: Container): void {
    const program = (options.program ?? (() => idleProgram))(container.spec);
    const leave = (exitCode: number) => {
      if (container.state === 'running') end(container, exitCode);
    };
    program({
      channel: { input: container.back, output: container.there },
      say: (line) => container.lines.push(line),
      killed: container.killed,
    }).then(leave, (error: unknown) => {
      container.lines.push(String(error));
      leave(1);
    });
  }

  /** An address on its network that no running container has. */
  function addressFor({ attachment, name }: ContainerSpec): string | undefined {
    const prefix =
      attachment.kind === 'bridge'
        ? '172.17.0'
        : attachment.kind === 'network'
          ? nets.prefixOf(attachment.id)
          : undefined;
    if (attachment.kind === 'network' && prefix === undefined) {
      throw refusal(`start ${name}`, `network ${attachment.id} not found`);
    }
    if (prefix === undefined) return undefined;
    const used = runningOnes().map(({ address }) => address);
    for (let part = 2; ; part++) if (!used.includes(`${prefix}.${part}`)) return `${prefix}.${part}`;
  }

  function runningOnes(): readonly Container[] {
    return [...containers.values()].filter(({ state }) => state === 'running');
  }

  function named(name: string): Container | undefined {
    return [...containers.values()].find(({ spec }) => spec.name === name);
  }

  function nameOf(id: string): string {
    return containers.get(id)?.spec.name ?? id.slice(0, 12);
  }

  return {
    about,
    journal,
    names: () => [...containers.values()].map(({ spec }) => spec.name),

    unplug() {
      unplugged = true;
      for (const { there, back } of containers.values()) {
        there.destroy();
        back.end();
      }
    },

    async imageExists(tag) {
      enter('image-exists', tag);
      return images.has(tag);
    },

    async pull(reference, { signal } = {}) {
      if (signal !== undefined) goOn(signal);
      journal.push(`pull ${reference}`);
      if (unplugged) return { pulled: false, why: 'the engine went away' };
      if (options.registry?.includes(reference) !== true) {
        return { pulled: false, why: options.registryProblem ?? 'connection refused' };
      }
      images.set(reference, {});
      return { pulled: true };
    },

    async importImage(_tarPath, tag, { signal } = {}) {
      if (signal !== undefined) goOn(signal);
      enter('import', tag);
      images.set(tag, {});
    },

    async build({ tag, labels }, onLine, { signal } = {}) {
      enter('build', tag);
      onLine('Step 1/1 : FROM scratch');
      if (signal !== undefined) goOn(signal);
      images.set(tag, labels);
    },

    async removeImage(tag) {
      enter('remove-image', tag, `remove the image ${tag}`);
      if (!images.has(tag)) throw refusal(`remove the image ${tag}`, `No such image: ${tag}`);
      if ([...containers.values()].some(({ spec }) => spec.image === tag)) return false;
      return images.delete(tag);
    },

    async images(label) {
      enter('images', label, 'list images');
      return [...images].map(([tag, labels]) => ({ tag, labels })).filter(({ labels }) => has(labels, label));
    },

    async create(spec) {
      enter('create', spec.name);
      if (!images.has(spec.image)) throw refusal(`create ${spec.name}`, `No such image: ${spec.image}`);
      const holder = [...containers.values()].find((other) => other.spec.name === spec.name);
      if (holder !== undefined) {
        throw refusal(
          `create ${spec.name}`,
          `Conflict. The container name "/${spec.name}" is already in use by container "${holder.id}"`,
        );
      }
      made += 1;
      const container = created(spec, made);
      containers.set(container.id, container);
      return {
        id: container.id,
        channel: spec.attached ? { input: container.there, output: container.back } : undefined,
        warnings:
          spec.attachment.kind === 'host' && (spec.publish ?? []).length > 0
            ? ['Published ports are discarded when using host network mode']
            : [],
        stderrTail: () => (spec.attached ? container.lines.join('\n') : ''),
        detach() {
          container.there.destroy();
          container.back.destroy();
        },
        async start() {
          start(container);
          await nextTurn(); // a program that ends at once has ended when this resolves
        },
      } satisfies CreatedContainer;
    },

    async inspect(id) {
      enter('inspect', nameOf(id));
      const container = containers.get(id) ?? named(id);
      if (container === undefined) return undefined;
      const { attachment, publish = [] } = container.spec;
      const running = container.state === 'running';
      return {
        id: container.id,
        name: container.spec.name,
        running,
        pid: container.pid,
        exitCode: container.exitCode,
        address: container.address,
        networkMode: networkModeOf(attachment),
        published: running && attachment.kind === 'bridge' ? publish.flatMap(published) : [],
        requestedPorts: publish.map(({ containerPort }) => `${containerPort}/tcp`),
      };
    },

    async remove(id) {
      enter('remove', nameOf(id));
      const container = containers.get(id);
      if (container === undefined) return;
      containers.delete(id);
      if (container.state === 'running') end(container, 137);
      container.back.end();
      container.kill();
    },

    async lastLines(id, count) {
      if (unplugged) return '';
      return containers.get(id)?.lines.slice(-count).join('\n') ?? '';
    },

    ...nets.calls,

    async containers(label) {
      enter('containers', label ?? '', 'list containers');
      return [...containers.values()]
        .map(found)
        .filter(({ labels }) => label === undefined || has(labels, label));
    },
  };
}

function networkModeOf(attachment: ContainerSpec['attachment']): string {
  if (attachment.kind === 'container') return `container:${attachment.id}`;
  return attachment.kind === 'network' ? attachment.id : attachment.kind;
}

function onNetwork({ attachment }: ContainerSpec, id: string): boolean {
  return attachment.kind === 'network' && attachment.id === id;
}

const changing: ReadonlySet<FakeCall> = new Set([
  'create',
  'start',
  'remove',
  'import',
  'build',
  'remove-image',
  'create-network',
  'connect',
  'remove-network',
]);

/** @param label NAME or NAME=VALUE. */
function has(labels: Readonly<Record<string, string>>, label: string): boolean {
  const [name = '', value] = label.split('=');
  return Object.hasOwn(labels, name) && (value === undefined || labels[name] === value);
}

function created(spec: ContainerSpec, number: number): Container {
  let kill = () => {};
  const killed = new Promise<void>((resolve) => {
    kill = resolve;
  });
  return {
    id: number.toString(16).padStart(12, '0').padEnd(64, '0'),
    number,
    spec,
    lines: [],
    kill,
    killed,
    there: new PassThrough(),
    back: new PassThrough(),
    state: 'created',
    pid: 0,
    exitCode: 0,
    address: undefined,
  };
}

function found({ id, spec, state }: Container): Found {
  return { id, name: spec.name, image: spec.image, labels: { ...spec.labels }, running: state === 'running' };
}

function published({ containerPort, hostAddresses, hostPort }: Publication): readonly PublishedPort[] {
  return hostAddresses.map((hostAddress) => ({ containerPort, hostAddress, hostPort }));
}

/** Addresses of the host that a container publishes on, as `address:port`. */
function sockets({ attachment, publish = [] }: ContainerSpec): readonly string[] {
  if (attachment.kind !== 'bridge') return []; // discarded
  return publish.flatMap(({ hostAddresses, hostPort }) =>
    hostAddresses.map((address) => `${address}:${hostPort}`),
  );
}

function refusal(what: string, why: string, hint = 'Run `bench doctor`.'): Failure {
  return new Failure('casesFailed', `the engine refused to ${what}: ${why}`, { hint });
}
