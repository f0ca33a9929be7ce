import { Failure } from '../../bench/model/failure.ts';
import { throwIfInterrupted } from '../../bench/model/go-on.ts';
import type { Service } from '../../bench/model/service.ts';
import { withUplink } from '../image/base.ts';
import { provideServiceImage, type ServiceSources } from '../image/service-image.ts';
import { engineOf } from './companions.ts';
import { runCompose } from './compose-program.ts';
import type { ComposedApp } from './composed-app.ts';

/** How long a build of a user's image may take, in seconds. */
const buildSeconds = 30 * 60;

/**
 * Finds, pulls or builds the images of a service and of the others. Compose builds what the file has a build for, under
 * the name that it gives such an image anyway.
 * @returns the id of the service's image.
 * @throws {Failure} unfit: one of them is missing, with the reason.
 */
export async function provideComposedImages(
  app: ComposedApp,
  pull: Service['pull'],
  sources: ServiceSources,
): Promise<string> {
  const { engine, commander, say, interrupted } = sources;
  async function provided(name: string): Promise<string> {
    const { image = '', built = false } = app.images[name] ?? {};
    if (!built) return provideServiceImage({ image, pull }, sources);
    const known = await engine.imageId(image);
    if (known !== undefined && pull !== 'always') return known;
    if (pull === 'never') throw missing(image, name, 'and --pull never builds nothing');
    say(`building ${image} with ${app.program.name}`);
    await withUplink(sources, () =>
      runCompose(commander, app.program, {
        what: `build ${name}`,
        args: ['-f', app.file, 'build', name],
        engine: engineOf(engine),
        timeoutSeconds: buildSeconds,
        signal: interrupted,
      }),
    );
    throwIfInterrupted(interrupted);
    const id = await engine.imageId(image);
    if (id !== undefined) return id;
    throw missing(image, name, 'and the build made no image of that name');
  }
  for (const other of app.others) await provided(other);
  return provided(app.service);
}

function missing(image: string, name: string, why: string): Failure {
  return new Failure(
    'unfit',
    `the image ${image} of the Compose service ${name} is not on the engine, ${why}`,
    {
      hint: `Build it: docker compose build ${name}. Or give the service an image: in the file.`,
    },
  );
}
