import { Failure } from '../../bench/model/failure.ts';
import type { Engine } from '../engine/engine.ts';
import { inspector as connectInspector, type Inspector } from '../inspector/client.ts';
import { placingPowers } from '../powers.ts';
import { Teardown } from '../teardown.ts';
import { inspectorSpec, type RunContext } from './containers.ts';
import { type AttachedContainer, startAttached, withLastWords } from './programs.ts';

/** An inspector alone, for a look at the machine without a stage. Disposing removes its container. */
interface StartedInspector extends AsyncDisposable {
  readonly inspector: Inspector;
}

/** @throws {Failure} the engine does not let it look. The failure contains the container's last words. */
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

/**
 * The inspector of a run. It may also put docker-proxy on the servers' CPUs. An engine that lacks that power
 * itself gives the inspector all others. Then docker-proxy stays where it is, and `refused` says why.
 */
export async function startPlacing(
  engine: Engine,
  run: Pick<RunContext, 'image' | 'prefix' | 'labels'>,
  owned: Teardown,
): Promise<{ readonly container: AttachedContainer; readonly refused?: string }> {
  try {
    await using attempt = new Teardown();
    const container = await startAttached(engine, inspectorSpec(run, placingPowers), attempt);
    const kept = attempt.move();
    owned.defer(() => kept[Symbol.asyncDispose]());
    return { container };
  } catch (error) {
    if (!(error instanceof Failure) || !/\bcap(s\b|abilit)/i.test(error.message)) throw error;
    const container = await startAttached(engine, inspectorSpec(run), owned);
    return { container, refused: error.message };
  }
}
