import type { ComposedApp } from '../../../runtime/compose/composed-app.ts';
import { provideComposedImages } from '../../../runtime/compose/composed-images.ts';
import { credentialsFor } from '../../../runtime/engine/credentials.ts';
import { provideServiceImage, type ServiceSources } from '../../../runtime/image/service-image.ts';
import type { Plan } from '../../model/plan.ts';
import { present } from '../../model/present.ts';
import type { Outside } from '../../outside.ts';
import { dockerDirectory } from './engine-choice.ts';
import type { EngineAccess, OpenEngine } from './open-engine.ts';

/** Finds, pulls or builds the image of a plan's service, and those of the others with it. @returns its id; `undefined` for a plan without a service. */
export async function serviceImageOf(
  { service }: Pick<Plan, 'service'>,
  { engine, uplink }: OpenEngine,
  outside: Outside,
  { commander, packages, say, interrupted }: EngineAccess,
  composed?: ComposedApp,
): Promise<string | undefined> {
  if (service === undefined) return undefined;
  // Its tag may name another image by now.
  if (service.running !== undefined) return (await engine.recipe(service.running.container))?.imageId;
  const sources: ServiceSources = {
    engine,
    commander,
    say,
    interrupted,
    ...present({ uplink, packages }),
    credentials: (image) => credentialsFor(image, { dockerDirectory: dockerDirectory(outside), commander }),
  };
  return composed === undefined
    ? provideServiceImage(service, sources)
    : provideComposedImages(composed, service.pull, sources);
}
