import type { PathId } from './path.ts';

/** A path, and what it adds to the one before it. */
interface WaterfallStep {
  readonly path: PathId;
  /** Words for the step. They do not name what carries the connection: that depends on the engine. */
  readonly words: string;
}

/**
 * From a plain process to docker-proxy: what each layer adds to the one before it. All are seen from the host, so that the
 * same agent dials all of them and the only difference is the step.
 */
export const waterfall: readonly WaterfallStep[] = [
  { path: 'native/host', words: 'a plain process' },
  { path: 'host/host', words: 'in a container, host mode' },
  { path: 'bridge/host/container', words: 'behind the bridge, by container address' },
  { path: 'bridge/host/published', words: 'by published port' },
  { path: 'bridge/host/loopback', words: 'by published port on loopback' },
];

export const waterfallPaths: readonly PathId[] = waterfall.map(({ path }) => path);
