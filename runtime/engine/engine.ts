import type { DefaultBridge } from '../../bench/model/path-facts.ts';
import type { Channel } from '../../bench/model/rpc.ts';
import type { ServiceSettings } from '../../bench/model/service.ts';
import type { Powers } from '../powers.ts';
import type { RegistryCredentials } from './credentials.ts';
import type { ContainerRecipe } from './recipe.ts';

/**
 * A call that stops when `signal` is aborted. It then rejects at once with a `Failure` (`interrupted`), and
 * the engine undoes the work that it has begun.
 */
interface Interruptible {
  readonly signal?: AbortSignal;
}

/**
 * The container engine as bench sees it: the few calls that it needs, in its own words.
 * Two implementations keep one contract (engine.contract.ts): dockerode.ts and engine.fake.ts.
 *
 * Every call that fails does so with a `Failure` that names what was tried and what to do next.
 */
export interface Engine {
  readonly about: EngineAbout;

  imageExists(tag: string): Promise<boolean>;
  /** The digest of an image's configuration; `undefined` if there is no such image. */
  imageId(tag: string): Promise<string | undefined>;
  /** Seconds between two health checks that the engine makes in a container of an image; `undefined` if it makes none. */
  healthCheckSeconds(tag: string): Promise<number | undefined>;
  /**
   * Does not throw if the pull fails, but resolves to the reason in words: there is another way to get a
   * base.
   */
  pull(
    reference: string,
    options?: Interruptible & { readonly credentials?: RegistryCredentials },
  ): Promise<{ readonly pulled: true } | { readonly pulled: false; readonly why: string }>;
  /** Makes an image of a root file system's tar archive. */
  importImage(
    tarPath: string,
    tag: string,
    options?: Interruptible & { readonly labels?: Readonly<Record<string, string>> },
  ): Promise<void>;
  /**
   * Loads an image from an archive in the format of `docker save`. The same archive twice gives one image.
   */
  loadImage(archive: Uint8Array, tag: string): Promise<void>;
  /** Builds `context.directory`/Dockerfile; only the named files are sent. Failure carries the last lines. */
  build(context: BuildContext, onLine: (line: string) => void, options?: Interruptible): Promise<void>;
  /** All images with a label. An image with several tags is listed once for each tag. */
  images(label: string): Promise<readonly FoundImage[]>;
  /** Ids of the images with a label that have no tag and that no other image rests on. */
  untaggedImages(label: string): Promise<readonly string[]>;
  /**
   * Removes a tag, and the image with its last tag. Returns false, and removes nothing, if a container uses
   * it.
   */
  removeImage(tag: string): Promise<boolean>;

  /** Creates a container and attaches to its streams if asked to; it does not run yet. */
  create(spec: ContainerSpec): Promise<CreatedContainer>;
  /**
   * Creates a container that never starts, to reserve its name. False if a container already has that name.
   */
  claim(spec: Claim): Promise<boolean>;
  inspect(id: string): Promise<ContainerState | undefined>;
  /** How a container was made, by its id or name. */
  recipe(id: string): Promise<ContainerRecipe | undefined>;
  /**
   * Moves a running container to other CPUs, e.g. "1". Resolves to what the engine said about it in its own words, e.g.
   * that it discards the CPUs. No error if the container has gone already.
   */
  moveToCpus(id: string, cpus: string): Promise<readonly string[]>;
  /** Kills and removes. No error if it has gone already. */
  remove(id: string): Promise<void>;
  /** The last lines that it wrote, stdout and stderr. */
  lastLines(id: string, count: number): Promise<string>;
  /** All containers, running or not; only those with a label, if one is named. */
  containers(label?: string): Promise<readonly Found[]>;

  /** Resolves to the network's id. */
  createNetwork(spec: NetworkSpec): Promise<string>;
  /** Attaches a container to a further network. */
  connect(networkId: string, containerId: string): Promise<void>;
  /** No error if it has gone already. Refused while a container is attached to it. */
  removeNetwork(id: string): Promise<void>;
  /** The networks that have a label, NAME or NAME=VALUE. */
  networks(label: string): Promise<readonly FoundNetwork[]>;
  /** Names of the volumes that have a label, NAME or NAME=VALUE, with their labels. */
  volumes(label: string): Promise<readonly FoundVolume[]>;
  /** No error if it has gone already. Refused while a container uses it. */
  removeVolume(name: string): Promise<void>;
  /** The running engine's bridge for containers that request no other network. */
  defaultBridge(): Promise<DefaultBridge>;
}

export interface NetworkSpec {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** e.g. 198.18.1.0/24, and an IPv6 one if the network has IPv6. */
  readonly subnets: readonly Subnet[];
  readonly kind:
    | { readonly driver: 'bridge' /** Of the host's end, at most 15 characters. */; readonly device: string }
    | {
        readonly driver: 'macvlan' /** Interface of the host whose children the containers get. */;
        readonly parent: string;
      };
}

export interface Subnet {
  readonly subnet: string;
  /** The host's own address in it. */
  readonly gateway: string;
  /** The part of the subnet that containers get their addresses from; all of it if left out. */
  readonly range?: string;
}

interface FoundVolume {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface FoundNetwork {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface EngineAbout {
  readonly version: string;
  readonly apiVersion: string;
  readonly operatingSystem: string;
  readonly osType: string;
  readonly storageDriver: string;
  /** The directory of its images and containers on its host. */
  readonly dataRoot: string;
  readonly cgroupVersion: string;
  /** False if it discards the CPUs that containers request. */
  readonly cpuSets: boolean;
  readonly rootless: boolean;
  readonly cpuCount: number;
  /** How it was found. */
  readonly endpoint: 'DOCKER_HOST' | 'context' | 'socket' | 'lab';
  /** Its address, for messages. */
  readonly address: string;
}

export interface BuildContext {
  readonly directory: string;
  readonly files: readonly string[];
  readonly tag: string;
  readonly arguments: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
}

/** How a container is attached to the network. `container` joins another one's network stack. */
export type Attachment =
  | { readonly kind: 'host' }
  | { readonly kind: 'bridge' }
  | { readonly kind: 'none' }
  /** On a network that bench made. */
  | { readonly kind: 'network'; readonly id: string }
  | { readonly kind: 'container'; readonly id: string };

/** A port of the container, published on addresses of the host. */
export interface Publication {
  readonly containerPort: number;
  readonly hostPort: number;
  readonly hostAddresses: readonly string[];
}

export interface ContainerSpec {
  readonly name: string;
  readonly image: string;
  /** Empty: the image's own. */
  readonly command: readonly string[];
  /** The user that the command runs as. Absent: the image's own. */
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly attachment: Attachment;
  readonly publish?: readonly Publication[];
  /** CPUs it may run on, e.g. "0" or "0-1". */
  readonly cpus?: string;
  /** In the host's pid and cgroup namespaces, not confined by seccomp or a security module. */
  readonly inspecting?: boolean;
  /**
   * The least powers that its program works with. When absent, those that the engine gives every container.
   */
  readonly powers?: Powers;
  readonly binds?: readonly string[];
  /** What else the user's own service is given. */
  readonly settings?: ServiceSettings;
  /** Kernel settings of its own network namespace. */
  readonly sysctls?: Readonly<Record<string, string>>;
  /** Name servers that it asks, or its engine's resolver for it. The host's when absent. */
  readonly dns?: readonly string[];
  /**
   * Keeps stdin open, attaches before the start, and removes the container when the attached client
   * disconnects.
   */
  readonly attached?: boolean;
}

type Claim = Pick<ContainerSpec, 'name' | 'image' | 'labels'>;

export interface CreatedContainer {
  readonly id: string;
  /** Streams of an attached container. */
  readonly channel: Channel | undefined;
  /** What the engine said about the order, in its own words, e.g. that it discards published ports. */
  readonly warnings: readonly string[];
  /** The last stderr output of an attached container. */
  stderrTail(): string;
  /**
   * Closes its streams without waiting for the engine: one that hangs would keep this process from ending.
   */
  detach(): void;
  start(): Promise<void>;
}

/** A TCP port of a running container and where on the host it is published; 0.0.0.0 or :: is every address. */
export interface PublishedPort {
  readonly containerPort: number;
  readonly hostAddress: string;
  readonly hostPort: number;
}

export interface ContainerState {
  readonly id: string;
  readonly name: string;
  readonly running: boolean;
  /** Pid of its first process, in the host's pid namespace. 0 if it does not run. */
  readonly pid: number;
  readonly exitCode: number;
  /**
   * Address on the network that it was started on. Undefined in the host's or another's stack, or without a
   * network.
   */
  readonly address: string | undefined;
  readonly address6?: string;
  readonly networkMode: string;
  /** All networks that it is on now, by name. */
  readonly networks: readonly ContainerNetwork[];
  /** The ports that are published now. None if it does not run, or in a mode that publishes nothing. */
  readonly published: readonly PublishedPort[];
  /** The ports requested for publication when it was created, e.g. 8080/tcp. */
  readonly requestedPorts: readonly string[];
  /** CPUs that it may run on; undefined: all. */
  readonly cpus: string | undefined;
}

export interface ContainerNetwork {
  readonly name: string;
  /** The host's address in it, where it has one. */
  readonly gateway?: string;
}

interface FoundImage {
  readonly tag: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface Found {
  readonly id: string;
  readonly name: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly running: boolean;
}
