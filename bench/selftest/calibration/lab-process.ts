import { firstProcess } from '../../../runtime/lab/lab-machine.ts';
import { layoutOf } from '../../../runtime/lab/use-lab.ts';
import { labPlaces } from '../../commands/engine/open-engine.ts';
import type { Outside } from '../../outside.ts';

/**
 * Pid, in this pid namespace, of a process through which the lab's namespaces can be entered; `undefined`
 * where no lab runs.
 */
export function firstLabProcess(outside: Pick<Outside, 'env'>): Promise<number | undefined> {
  return firstProcess(layoutOf(labPlaces(outside)));
}
