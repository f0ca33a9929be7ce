import type { Engine } from '../engine/engine.ts';
import { inspector as connectInspector, type Inspector } from '../inspector/client.ts';
import { Teardown } from '../teardown.ts';
import { inspectorSpec, type RunContext } from './containers.ts';
import { startAttached, withLastWords } from './programs.ts';

/** An inspector alone, for a look at the machine without a lab. Disposing removes its container. */
export interface StartedInspector extends AsyncDisposable {
  readonly inspector: Inspector;
}

/** @throws {Failure} with the container's last words, where the engine does not let it look. */
export async function startInspector(
  engine: Engine,
  run: Pick<RunContext, 'image' | 'prefix' | 'labels'>,
): Promise<StartedInspector> {
  await using started = new Teardown();
  const container = await startAttached(engine, inspectorSpec(run), started);
  const inspector = connectInspector(container.channel);
  await inspector.call('links', { prefix: run.prefix }).catch((error: unknown) => {
    throw withLastWords(error, container);
  });
  const teardown = started.move();
  return { inspector, [Symbol.asyncDispose]: () => teardown[Symbol.asyncDispose]() };
}
