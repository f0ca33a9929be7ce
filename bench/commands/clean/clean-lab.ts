import { stat } from 'node:fs/promises';
import type { Engine } from '../../../runtime/engine/engine.ts';
import { connectLab, labLives } from '../../../runtime/lab/lab-machine.ts';
import {
  discardUnusedLab,
  labInUse,
  labRemains,
  layoutOf,
  removeLabState,
} from '../../../runtime/lab/use-lab.ts';
import type { Found } from '../../../runtime/leftovers.ts';
import { machineCommander } from '../../../runtime/machine/command.ts';
import { Failure } from '../../model/failure.ts';
import type { Outside } from '../../outside.ts';
import { labPlaces } from '../engine/open-engine.ts';

/**
 * The engine of a running lab. A killed run may have left containers in it. No lab is started for this look.
 */
export async function runningLab(outside: Outside): Promise<Engine | undefined> {
  const at = layoutOf(labPlaces(outside));
  return (await labLives(at)) ? connectLab(at).catch(() => undefined) : undefined;
}

/** The remains of the lab itself. @param all whether its images and directories count as well. */
export async function labLeftovers(
  outside: Outside,
  { all }: { readonly all: boolean },
): Promise<readonly Found[]> {
  const places = labPlaces(outside);
  const maker = (await labInUse(places)) ? 'alive' : 'gone';
  const found: Found[] = [];
  if (await labRemains(places)) {
    const remove = asRoot(() => discardUnusedLab(machineCommander, places, outside.clock));
    found.push({ name: 'lab', maker, remove });
  }
  const state = places.state.path;
  if (all && (await stat(state).catch(() => undefined)) !== undefined) {
    const remove = asRoot(() => removeLabState(machineCommander, places));
    found.push({ name: `the lab's images (${state})`, maker, remove });
  }
  return found;
}

function asRoot(remove: () => Promise<boolean>): () => Promise<boolean> {
  return async () => {
    if (process.getuid?.() === 0) return remove();
    throw new Failure('unfit', 'removing it needs root', { hint: 'Run: sudo npx bench clean' });
  };
}
