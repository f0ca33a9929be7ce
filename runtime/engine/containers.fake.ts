import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { present } from '../../bench/model/present.ts';
import type { Channel } from '../../bench/model/rpc.ts';
import type { ContainerSpec, CreatedContainer, Engine, Found, Publication, PublishedPort } from './engine.ts';
import { type Gate, refusal } from './gate.fake.ts';
import { hasLabel } from './labels.fake.ts';

/** A program that the engine runs in a container. Resolves to the exit code when the container has ended. */
export type FakeProgram = (process: FakeProcess) => Promise<number>;

interface FakeProcess {
  /** The program's end of the streams: it reads `output` and writes to `input`, as `serveRpc` does. */
  readonly channel: Channel;
  /** One line on stderr, kept for `lastLines` and `stderrTail`. */
  say(line: string): void;
  /** Resolves when the container is removed. */
  readonly killed: Promise<void>;
}

/** Runs until it is removed or, where attached, until its input ends. */
export const idleProgram: FakeProgram = async ({ channel, killed }) => {
  channel.output.resume();
  await Promise.race([killed, once(channel.output, 'end')]);
  return 0;
};

interface Surroundings {
  readonly gate: Gate;
  readonly programOf: (spec: ContainerSpec) => FakeProgram;
  readonly hasImage: (tag: string) => boolean;
  readonly imageIdOf: (tag: string) => string | undefined;
  /** The first three bytes of a network's IPv4 addresses. */
  readonly prefixOf: (networkId: string) => string | undefined;
  /** Whether its kernel keeps containers on the CPUs that they are given. */
  readonly cpuSets: () => boolean;
}

const cpusDiscarded = 'Your kernel does not support cpuset or the cgroup is not mounted. Cpuset discarded.';

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
  cpus: string | undefined;
}

/**
 * The containers of the engine in memory:
 *
 *   created ──start──▶ running ──its program ends──▶ exited (gone, where attached)
 *      └────────────────remove, from any state────────▶ gone
 */
export function fakeContainers({ gate, programOf, hasImage, imageIdOf, prefixOf, cpuSets }: Surroundings) {
  const containers = new Map<string, Container>();
  let made = 0;

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
    gate.enter('start', spec.name);
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
        'Another program uses that port. Find it with: ss -ltnp.',
      );
    }
    container.state = 'running';
    container.pid = 1000 + container.number;
    container.address = addressFor(spec);
    run(container);
  }

  function run(container: Container): void {
    const leave = (exitCode: number) => {
      if (container.state === 'running') end(container, exitCode);
    };
    programOf(container.spec)({
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
          ? prefixOf(attachment.id)
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

  const calls = {
    async create(spec) {
      gate.enter('create', spec.name);
      if (!hasImage(spec.image)) throw refusal(`create ${spec.name}`, `No such image: ${spec.image}`);
      const holder = [...containers.values()].find((other) => other.spec.name === spec.name);
      if (holder !== undefined) {
        throw refusal(
          `create ${spec.name}`,
          `Conflict. The container name "/${spec.name}" is already in use by container "${holder.id}"`,
        );
      }
      made += 1;
      const container = created(cpuSets() ? spec : withoutCpus(spec), made);
      containers.set(container.id, container);
      return {
        id: container.id,
        channel: spec.attached ? { input: container.there, output: container.back } : undefined,
        warnings: [
          ...(spec.attachment.kind === 'host' && (spec.publish ?? []).length > 0
            ? ['Published ports are discarded when using host network mode']
            : []),
          ...(spec.cpus === undefined || cpuSets() ? [] : [cpusDiscarded]),
        ],
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
    async claim({ name, image, labels }) {
      gate.enter('claim', name, `create ${name}`);
      if (!hasImage(image)) throw refusal(`create ${name}`, `No such image: ${image}`);
      if (named(name) !== undefined) return false;
      made += 1;
      const container = created({ name, image, labels, command: [], attachment: { kind: 'none' } }, made);
      containers.set(container.id, container);
      return true;
    },
    async inspect(id) {
      gate.enter('inspect', nameOf(id));
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
        networks: networksOf(container.spec).map((name) =>
          name === 'bridge' ? { name, gateway: '172.17.0.1' } : { name },
        ),
        published: running && attachment.kind === 'bridge' ? publish.flatMap(published) : [],
        requestedPorts: publish.map(({ containerPort }) => `${containerPort}/tcp`),
        cpus: container.cpus,
      };
    },
    async recipe(id) {
      gate.enter('inspect', nameOf(id));
      const container = containers.get(id) ?? named(id);
      if (container === undefined) return undefined;
      const { name, image, command, environment = {}, user, publish = [], settings = {} } = container.spec;
      return {
        name,
        image,
        imageId: imageIdOf(image) ?? image,
        command,
        environment,
        ...present({ user }),
        ports: publish.map(({ containerPort }) => containerPort),
        mounts: (container.spec.binds ?? []).map((bind) => {
          const [source = '', target = '', access] = bind.split(':');
          return { source, target, writable: access !== 'ro' };
        }),
        settings,
        networks: networksOf(container.spec),
        beyond: [],
      };
    },
    async moveToCpus(id, cpus) {
      gate.enter('move', nameOf(id));
      const container = containers.get(id);
      if (container !== undefined && cpuSets()) container.cpus = cpus;
      return container === undefined || cpuSets() ? [] : [cpusDiscarded];
    },
    async remove(id) {
      gate.enter('remove', nameOf(id));
      const container = containers.get(id);
      if (container === undefined) return;
      containers.delete(id);
      if (container.state === 'running') end(container, 137);
      container.back.end();
      container.kill();
    },
    async lastLines(id, count) {
      if (gate.unplugged) return '';
      return containers.get(id)?.lines.slice(-count).join('\n') ?? '';
    },
    async containers(label) {
      gate.enter('containers', label ?? '', 'list containers');
      return [...containers.values()]
        .map(found)
        .filter(({ labels }) => label === undefined || hasLabel(labels, label));
    },
  } satisfies Partial<Engine>;

  return {
    calls,
    nameOf,
    names: () => [...containers.values()].map(({ spec }) => spec.name),
    /** Whether one was made from an image. */
    isMadeFrom: (tag: string) => [...containers.values()].some(({ spec }) => spec.image === tag),
    /** Whether one that runs is on a network. */
    runsOn: (networkId: string) => runningOnes().some(({ spec }) => onNetwork(spec, networkId)),
    /** Ends all streams that a client reads and writes. */
    endStreams() {
      for (const { there, back } of containers.values()) {
        there.destroy();
        back.end();
      }
    },
  };
}

function networkModeOf(attachment: ContainerSpec['attachment']): string {
  if (attachment.kind === 'container') return `container:${attachment.id}`;
  return attachment.kind === 'network' ? attachment.id : attachment.kind;
}

function networksOf({ attachment }: ContainerSpec): readonly string[] {
  if (attachment.kind === 'host' || attachment.kind === 'container') return [];
  return [attachment.kind === 'network' ? attachment.id : attachment.kind];
}

function onNetwork({ attachment }: ContainerSpec, id: string): boolean {
  return attachment.kind === 'network' && attachment.id === id;
}

function withoutCpus({ cpus: _, ...rest }: ContainerSpec): ContainerSpec {
  return rest;
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
    cpus: spec.cpus,
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
