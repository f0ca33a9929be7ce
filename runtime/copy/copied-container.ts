import type { Copied } from '../../bench/model/described.ts';
import { Failure } from '../../bench/model/failure.ts';
import { present } from '../../bench/model/present.ts';
import type { Engine } from '../engine/engine.ts';

/** What a copy is always without. bench sets these things itself, or one of them belongs to one container only. */
const neverCopied = 'without its name, host name, labels, restart policy and limits of CPU time';

/**
 * Describes a container of the user's, so that others like it can be started. It is only looked at.
 * @throws {Failure} unfit: there is no such container; usage: it has a setting that a copy cannot have.
 */
export async function copiedContainer(engine: Engine, wanted: string): Promise<Copied> {
  const recipe = await engine.recipe(wanted);
  if (recipe === undefined) {
    throw new Failure('unfit', `there is no container ${wanted} to copy`, {
      hint: 'List all containers with: docker ps -a',
    });
  }
  const { name, imageId, command, environment, user, ports, mounts, settings, networks, beyond } = recipe;
  if (beyond.length > 0) {
    throw new Failure(
      'usage',
      `the container ${name} has ${beyond.join(', ')}, which bench gives to no copy`,
      {
        hint: 'Measure its image with the options that it needs: --image.',
      },
    );
  }
  // A tag may name another image by now.
  const image = (await engine.imageId(recipe.image)) === imageId ? recipe.image : imageId;
  const own = networks.filter((network) => network !== 'bridge' && network !== 'host');
  return {
    container: name,
    image,
    ports,
    environment,
    mounts: [...mounts],
    ...(command.length === 0 ? {} : { command }),
    ...present({ user }),
    settings,
    differences: [
      neverCopied,
      ...(own.length === 0
        ? []
        : [
            `not on its ${own.length === 1 ? 'network' : 'networks'} ${own.join(', ')}: names there are not found`,
          ]),
    ],
  };
}
