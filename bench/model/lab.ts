import type { Deployment } from './case.ts';
import type { Environment } from './environment.ts';
import type { Finding } from './evidence.ts';
import type { Failure } from './failure.ts';
import type { LoadAgent } from './load-agent.ts';
import type { Route } from './network-modes.ts';
import type { NetworkStack } from './network-stack.ts';
import type { Vantage } from './path.ts';
import type { Reading } from './reading.ts';

/** One server to be started, with the nuisances that its round drew. */
export interface DeploymentOrder {
  readonly deployment: Deployment;
  readonly route: Route;
  /** Where a host-mode server listens, or where the port is published. */
  readonly hostPort: number;
  /** Makes the container's name unique; its length and content are a nuisance that is drawn. */
  readonly nameSuffix: string;
  /** Length of an environment variable: shifts the stack of the server's process (Mytkowicz 2009). */
  readonly environmentPaddingBytes: number;
  readonly bodyBytes: number;
}

/** A server that runs and has answered from its vantage. */
export interface Deployed {
  readonly order: DeploymentOrder;
  readonly url: string;
  /** Namespaces, interfaces, listeners: what is seen before any load. */
  readonly findings: readonly Finding[];
  /** The values that the findings rest on, as read. */
  readonly raw: Readonly<Record<string, unknown>>;
  /** The stacks that were looked at, whole: for those who show them and record nothing. */
  readonly standing: Standing;
}

/** What is seen of a deployment before any load. */
export interface Standing {
  readonly host: NetworkStack;
  readonly server: NetworkStack;
  /** Of the container that a mapped server joined. */
  readonly holder?: NetworkStack;
  readonly hostPort: number;
  readonly serverPid: number;
}

export type DeployOutcome =
  | { readonly ok: true; readonly deployed: Deployed }
  | { readonly ok: false; readonly order: DeploymentOrder; readonly error: Failure };

/**
 * The machine as the collecting loop sees it: everything that touches an engine, behind six calls.
 * Disposing removes all that the lab created.
 */
export interface Lab extends AsyncDisposable {
  readonly environment: Environment;
  /** The agent that stands at a vantage. One stays alive for the whole run. */
  agent(vantage: Vantage): LoadAgent;
  /** Starts servers side by side, waits until each answers, and reads where it stands. */
  deploy(orders: readonly DeploymentOrder[]): Promise<readonly DeployOutcome[]>;
  /** Reads the counters around a slice; `edge` puts the clock next to the load. */
  read(deployed: Deployed, edge: 'before' | 'after'): Promise<Reading>;
  /** Removes all servers of the round. */
  clear(): Promise<void>;
}
