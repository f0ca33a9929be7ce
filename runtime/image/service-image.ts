import { Failure } from '../../bench/model/failure.ts';
import { throwIfInterrupted } from '../../bench/model/go-on.ts';
import { present } from '../../bench/model/present.ts';
import type { Service } from '../../bench/model/service.ts';
import type { RegistryCredentials } from '../engine/credentials.ts';
import { type BaseSources, withUplink } from './base.ts';

/** How the image of a service gets onto the engine. */
export type ServiceSources = Pick<
  BaseSources,
  'engine' | 'commander' | 'packages' | 'uplink' | 'say' | 'interrupted'
> & {
  /** The user's own credentials for a registry, if there are any. */
  readonly credentials: (image: string) => Promise<RegistryCredentials | undefined>;
};

/**
 * Finds the image of the user's service on the engine, or pulls it. It is never changed and never removed.
 * @returns its id, the digest of its configuration.
 * @throws {Failure} unfit: it is missing, with why the registry did not give it.
 */
export async function provideServiceImage(
  { image, pull }: Pick<Service, 'image' | 'pull'>,
  sources: ServiceSources,
): Promise<string> {
  const { engine, say, interrupted, credentials } = sources;
  const known = await engine.imageId(image);
  if (known !== undefined && pull !== 'always') return known;
  if (pull === 'never') throw missing(image, 'and --pull never forbids to pull it', sources);
  say(`pulling ${image}`);
  const shown = await credentials(image);
  const pulled = await withUplink(sources, () =>
    engine.pull(image, { signal: interrupted, ...present({ credentials: shown }) }),
  );
  throwIfInterrupted(interrupted);
  const id = await engine.imageId(image);
  if (pulled.pulled && id !== undefined) return id;
  throw missing(
    image,
    `and cannot be pulled: ${pulled.pulled ? 'it is not there after the pull' : pulled.why}`,
    sources,
  );
}

function missing(image: string, why: string, { engine }: Pick<ServiceSources, 'engine'>): Failure {
  const inLab = engine.about.endpoint === 'lab';
  return new Failure('unfit', `the image ${image} is not on the engine, ${why}`, {
    hint: inLab
      ? 'This is a lab, an engine of its own: the images of your engine are not in it. Start your engine and leave out --lab, or name an image that a registry has.'
      : `Build it, or check its name: docker images. For a private registry: docker login`,
  });
}
