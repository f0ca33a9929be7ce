import { credentialsFor } from '../../../runtime/engine/credentials.ts';
import { provideServiceImage } from '../../../runtime/image/service-image.ts';
import type { Plan } from '../../model/plan.ts';
import { present } from '../../model/present.ts';
import type { Outside } from '../../outside.ts';
import { dockerDirectory } from './engine-choice.ts';
import type { EngineAccess, OpenEngine } from './open-engine.ts';

/** Finds or pulls the image of a plan's service. @returns its id; `undefined` for a plan without a service. */
export async function serviceImageOf(
  { service }: Pick<Plan, 'service'>,
  { engine, uplink }: OpenEngine,
  outside: Outside,
  { commander, packages, say, interrupted }: EngineAccess,
): Promise<string | undefined> {
  if (service === undefined) return undefined;
  return provideServiceImage(service, {
    engine,
    commander,
    say,
    interrupted,
    ...present({ uplink, packages }),
    credentials: (image) => credentialsFor(image, { dockerDirectory: dockerDirectory(outside), commander }),
  });
}
