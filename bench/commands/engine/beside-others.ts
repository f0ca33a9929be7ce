import type { Engine } from '../../../runtime/engine/engine.ts';
import { whoMeasures } from '../../../runtime/engine-lock.ts';
import { hasLabImage, type LabImage } from '../../../runtime/image/lab-image.ts';
import { leftoversIn } from '../../../runtime/leftovers.ts';
import type { Outside } from '../../outside.ts';
import { newRunId } from '../../run-folder/run-id.ts';
import { engineForOne } from './engine-for-one.ts';
import { labImage, labImageTag } from './lab-image.ts';
import type { EngineAccess, OpenEngine } from './open-engine.ts';

type Say = EngineAccess['say'];

/** Reports what ended runs left on an engine. Every command that uses an engine does so. */
export async function tellLeftovers(engine: Engine, say: Say): Promise<void> {
  const left = await leftoversIn(engine);
  if (left !== undefined) say(`bench: ${left}`);
}

/**
 * The same for a command that does not measure. It also warns that its own work disturbs a measurement under
 * way.
 */
export async function tellOthers(engine: Engine, say: Say): Promise<void> {
  const measuring = await whoMeasures(engine);
  if (measuring !== undefined) {
    say(`bench: ${measuring} is measuring on this engine: this command disturbs it`);
  }
  await tellLeftovers(engine, say);
}

/**
 * The lab image for a command that does not measure. An existing image is used even while a run measures. A
 * missing one is built only while no run does.
 * @throws {Failure} unfit: the image is missing, and a run measures on this engine.
 */
export async function labImageBesideOthers(
  open: OpenEngine,
  outside: Outside,
  access: EngineAccess,
  tag: Promise<string> = labImageTag(outside),
): Promise<LabImage> {
  const { engine } = open;
  if (await hasLabImage(engine, await tag)) {
    await tellOthers(engine, access.say);
    return { tag: await tag, built: false };
  }
  await tellLeftovers(engine, access.say);
  const runId = newRunId(() => outside.clock.now(), outside.random);
  await using _alone = await engineForOne(engine, runId, outside, access, false);
  return await labImage(open, outside, access);
}
