import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ImageInputs, imageTag } from '../../../runtime/image/inputs.ts';
import { type LabImage, provideLabImage } from '../../../runtime/image/lab-image.ts';
import { librariesOf } from '../../../runtime/image/node-libraries.ts';
import { type Commander, machineCommander } from '../../../runtime/machine/command.ts';
import { present } from '../../model/present.ts';
import type { Outside } from '../../outside.ts';
import type { EngineAccess, OpenEngine } from './open-engine.ts';

/** The inputs of this installation's lab image. */
async function imageInputs(installation: string, commander: Commander): Promise<ImageInputs> {
  return {
    sources: join(installation, 'runtime', 'image'),
    bundles: join(installation, 'dist', 'lab'),
    nodeBinary: process.execPath,
    nodeLibraries: await librariesOf(commander, process.execPath),
  };
}

/**
 * Tag of this installation's lab image, whether it is built or not. Takes some tenths of a second, because
 * Node is hashed.
 */
export async function labImageTag({ installation }: Outside): Promise<string> {
  return imageTag(await imageInputs(installation, machineCommander));
}

/** The directory for temporary folders. */
export function temporaryDirectory({ env }: Outside): string {
  return env['TMPDIR'] || tmpdir();
}

/** Finds or builds the lab image. */
export async function labImage(
  { engine, uplink }: OpenEngine,
  outside: Outside,
  access: EngineAccess,
): Promise<LabImage> {
  return provideLabImage(await imageInputs(outside.installation, access.commander), {
    engine,
    ...present({ uplink }),
    commander: access.commander,
    scratch: temporaryDirectory(outside),
    ...present({ packages: access.packages }),
    say: access.say,
    interrupted: access.interrupted,
    env: outside.env,
  });
}
