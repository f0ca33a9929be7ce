import type { Deployment } from './case.ts';
import type { ClaimKind } from './claims.ts';
import type { ConnectionRoom } from './connection-room.ts';
import type { Environment } from './environment.ts';
import type { Finding } from './evidence.ts';
import type { Failure } from './failure.ts';
import type { KernelReading } from './kernel-counters.ts';
import type { LoadAgent } from './load-agent.ts';
import type { Observed } from './observed.ts';
import type { OtherProcess } from './other-processes.ts';
import type { Reading } from './reading.ts';
import type { Request } from './request.ts';
import type { Route } from './route.ts';
import type { ServerStart } from './server-start.ts';
import type { Service } from './service.ts';
import type { Lookup } from './timed-once.ts';

/** Which load agent measures a server. */
export type AgentChoice =
  /** The agent at the path's vantage, for the whole run. */
  | { readonly kind: 'standing' }
  /** An agent for this round, shared by the orders that give the same key. */
  | { readonly kind: 'round'; readonly key: string };

/** One server to be started, with the nuisances that its round drew. */
export interface DeploymentOrder {
  readonly deployment: Deployment;
  readonly route: Route;
  readonly agent: AgentChoice;
  /** Where a host-mode server listens, or where the port is published. */
  readonly hostPort: number;
  /**
   * Which of bench's addresses on the host the server takes: 0 is the first of the link and of loopback, 1
   * the next …
   */
  readonly addressIndex: number;
  /**
   * The user's container that a mapped server joins, and the port inside on which the server listens there.
   */
  readonly joins?: { readonly containerId: string; readonly containerPort: number };
  /** Makes the container's name unique. Its length and content are a nuisance that is drawn. */
  readonly nameSuffix: string;
  /** Length of an environment variable: shifts the stack of the server's process (Mytkowicz 2009). */
  readonly environmentPaddingBytes: number;
  readonly bodyBytes: number;
  /** Length of a large body that bench's own servers have, and take. Absent: none. */
  readonly bulkBytes?: number;
  /** What is asked of the server. Absent: the body of bench's own servers. */
  readonly request?: Request;
  /** It is asked over TLS. */
  readonly tls?: true;
  /** The user's service. Absent: one of bench's own servers. */
  readonly service?: Service;
}

/** A server that runs and has answered from its vantage. */
export interface Deployed {
  readonly order: DeploymentOrder;
  readonly url: string;
  readonly start: ServerStart;
  /** The claims that must be seen on the path, given how this engine publishes ports. */
  readonly claims: readonly ClaimKind[];
  /** Observations before any load: namespaces, interfaces, listeners, one connection held open. */
  readonly findings: readonly Finding[];
  /** The values that the findings rest on, as read. */
  readonly raw: Readonly<Record<string, unknown>>;
  /** The complete stacks that were observed: for callers that show them and record nothing. */
  readonly standing: Observed;
}

export type DeployOutcome =
  | { readonly ok: true; readonly deployed: Deployed }
  | { readonly ok: false; readonly order: DeploymentOrder; readonly error: Failure };

/** A load agent that its caller disposes of. */
export interface TemporaryAgent extends AsyncDisposable {
  readonly agent: LoadAgent;
}

/** A name to be looked up. */
interface LookupQuestion {
  readonly asked: Lookup['asked'];
  readonly name: string;
  /** Whom to ask. Absent: the container's name servers. */
  readonly server?: string;
}

/** A place where names are looked up as containers in this mode do it. */
export interface LookupPlace {
  readonly mode: 'host' | 'bridge' | 'user-bridge';
  readonly agent: LoadAgent;
  /** As the container's file of name servers has them. */
  readonly nameServers: readonly string[];
  readonly questions: readonly LookupQuestion[];
}

/**
 * The machine as the collecting loop sees it: everything that touches an engine, behind a few calls.
 * Disposing removes all that the stage created.
 */
export interface Stage extends AsyncDisposable {
  readonly environment: Environment;
  /** The agent that measures a deployment. */
  agent(deployed: Deployed): LoadAgent;
  /**
   * Starts servers, waits until each answers, and reads where it stands. They start side by side, or one by one: its
   * start is then disturbed by no other.
   */
  deploy(
    orders: readonly DeploymentOrder[],
    how?: { readonly oneByOne?: boolean },
  ): Promise<readonly DeployOutcome[]>;
  /** Reads the counters around a slice; `edge` puts the clock next to the load, and `Reading` tells which one of several. */
  read(deployed: Deployed, edge: 'before' | 'after'): Promise<Reading>;
  /**
   * Moves servers and agents to each other's CPUs, or back to their own. Those that start later start there,
   * too.
   * @returns whether they are exchanged now: never where they share their CPUs.
   */
  exchangeCpus(exchanged: boolean): Promise<boolean>;
  /**
   * All processes of the engine's host that belong neither to the run nor to the engine nor to bench. Takes
   * milliseconds of a CPU, so it is never called while a slice is measured. The difference between two looks
   * is what they took (`usedBetween`). Empty where they cannot be seen.
   */
  otherProcesses(): Promise<readonly OtherProcess[]>;
  /** How many lines a server has written to its log so far, at most 1,000; 0 where its log cannot be read. */
  linesLogged(deployed: Deployed): Promise<number>;
  /** Counters that explain figures, of one deployment. Takes milliseconds: never called while a slice is measured. */
  readKernel(deployed: Deployed): Promise<KernelReading>;
  /** One more agent in the stack of a deployment's agent, on the servers' CPUs. */
  agentBeside(deployed: Deployed): Promise<TemporaryAgent>;
  /** Agents in all places where lookups differ. The caller disposes of them. */
  lookupPlaces(): Promise<{ readonly places: readonly LookupPlace[] } & AsyncDisposable>;
  /** How many more connections the stack of the engine's host can take. */
  connectionRoom(): Promise<ConnectionRoom>;
  /** Removes all servers of the round. */
  clear(): Promise<void>;
}
