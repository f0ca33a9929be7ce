import type { Mount, ServiceSettings } from './service.ts';

/** A service as something that exists describes it, before the user's own options change it. */
export interface Described {
  readonly image: string;
  /** The TCP ports that it publishes or exposes, each once. */
  readonly ports: readonly number[];
  /** Its variables. They may hold passwords, so a run records their names only. */
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly command?: readonly string[];
  readonly user?: string;
  readonly settings?: ServiceSettings;
  /** What differs from the described service, a sentence each. */
  readonly differences: readonly string[];
}

/** A service of a Compose file. */
export interface Composed extends Described {
  readonly file: string;
  readonly service: string;
  /** The services that it depends on, directly or not. */
  readonly others: readonly string[];
}

/** A container of the user's that runs and is measured itself. */
export interface Running {
  readonly container: string;
  readonly image: string;
  /** How it is attached to the network. */
  readonly mode: 'bridge' | 'user-bridge' | 'host';
  /** The TCP ports that it exposes. */
  readonly ports: readonly number[];
  /** Where its TCP ports are published, by IPv4; 0.0.0.0 is every address. */
  readonly published: readonly {
    readonly containerPort: number;
    readonly hostAddress: string;
    readonly hostPort: number;
  }[];
}

/** A container of the user's, as the engine describes it. */
export interface Copied extends Described {
  readonly container: string;
}
