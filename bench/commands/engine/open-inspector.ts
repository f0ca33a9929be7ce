import type { Engine } from '../../../runtime/engine/engine.ts';
import { hasLabImage } from '../../../runtime/image/lab-image.ts';
import type { Inspector } from '../../../runtime/inspector/client.ts';
import { inProcessInspector } from '../../../runtime/inspector/in-process.ts';
import { labelsOf, prefixOf } from '../../../runtime/labels.ts';
import { thisProcess } from '../../../runtime/owner.ts';
import { startInspector } from '../../../runtime/stage/start-inspector.ts';
import { messageOf } from '../../model/failure.ts';
import type { Outside } from '../../outside.ts';
import { newRunId } from '../../run-folder/run-id.ts';

/** An inspector for a command that only looks at the machine. */
interface OpenInspector extends AsyncDisposable {
  readonly inspector: Inspector;
  /**
   * A container of ours sees everything. This process sees what its user may see of its own network stack.
   */
  readonly by: 'container' | 'process';
  /** Why no container is used. */
  readonly why?: string;
}

/**
 * The best available inspector: its container where the engine has the lab image, else this process. Builds
 * and starts nothing else.
 * @param engine that answers, or why there is none. @param image tag of the lab image.
 */
export async function openInspector(
  engine: Engine | string,
  image: string,
  outside: Outside,
): Promise<OpenInspector> {
  if (typeof engine === 'string') return ownEyes(outside, engine);
  if (!(await hasLabImage(engine, image))) {
    return ownEyes(outside, `the lab image is not built yet (${image}); build it with: bench setup`);
  }
  const runId = newRunId(() => outside.clock.now(), outside.random);
  try {
    const started = await startInspector(engine, {
      image,
      prefix: prefixOf(runId),
      labels: labelsOf(runId, await thisProcess()),
    });
    return { ...started, by: 'container' };
  } catch (error) {
    return ownEyes(outside, messageOf(error));
  }
}

function ownEyes({ env }: Outside, why: string): OpenInspector {
  return { inspector: inProcessInspector(env), by: 'process', why, [Symbol.asyncDispose]: async () => {} };
}
