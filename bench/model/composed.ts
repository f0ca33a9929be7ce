import type { Mount, ServiceSettings } from './service.ts';

/** A service as a Compose file describes it, before the user's own options change it. */
export interface Composed {
  readonly file: string;
  readonly service: string;
  readonly image: string;
  /** The TCP ports that it publishes or exposes, each once. */
  readonly ports: readonly number[];
  /** Its variables. They may hold passwords, so a run records their names only. */
  readonly environment: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  readonly command?: readonly string[];
  readonly user?: string;
  readonly settings?: ServiceSettings;
  /** The services that it depends on, directly or not. */
  readonly others: readonly string[];
  /** What differs from `docker compose up`, a sentence each. */
  readonly differences: readonly string[];
}
