import { join } from 'node:path';

/** Where a private engine keeps its things. Nothing of it is shared with a system engine. */
export interface Layout {
  /** Images and containers; outlives the engine, so that the lab image is built once. */
  readonly dataRoot: string;
  readonly execRoot: string;
  readonly socket: string;
  readonly pidFile: string;
  readonly log: string;
  /** What the machine's firewall and links looked like before the engine started. */
  readonly before: string;
  /** One file for each bench process that uses the engine: the last one stops it. */
  readonly users: string;
  readonly run: string;
  /** Held while an engine is started or stopped. Beside `run`, which goes with the engine. */
  readonly lock: string;
}

/** @param state e.g. /var/lib/bench @param run e.g. /run/bench (must be short: sockets live there) */
export function layout(state: string, run: string): Layout {
  return {
    dataRoot: join(state, 'engine'),
    execRoot: join(run, 'exec'),
    socket: join(run, 'docker.sock'),
    pidFile: join(run, 'dockerd.pid'),
    log: join(run, 'dockerd.log'),
    before: join(run, 'before.json'),
    users: join(run, 'users'),
    run,
    lock: `${run}.lock`,
  };
}
