import type { Engine } from '../../../runtime/engine/engine.ts';
import { messageOf } from '../../model/failure.ts';
import type { Outside } from '../../outside.ts';
import { engineOfTheUser } from './open-engine.ts';

/**
 * The user's engine, or why it does not answer in words. Nothing is started or installed for it, and a lab is no engine of
 * this machine: what is reached from here never runs there.
 */
export async function answeringEngine(outside: Outside): Promise<Engine | string> {
  try {
    return (await engineOfTheUser(outside)).engine;
  } catch (error) {
    return messageOf(error);
  }
}
