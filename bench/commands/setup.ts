import { machineCommander } from '../../runtime/machine/command.ts';
import { aptPackages } from '../../runtime/machine/packages.ts';
import type { CommandRunner } from '../cli.ts';
import { exitCodes } from '../model/failure.ts';
import { assertFit } from './fitness.ts';
import { goOn } from './go-on.ts';
import { labImage } from './lab-image.ts';
import { openEngine } from './open-engine.ts';

/** `bench setup`: an engine that answers and the lab image in it. Packages only with `--yes`. */
export const setup: CommandRunner = async ({ flags }, outside) => {
  const say = (line: string) => outside.stderr.write(`${line}\n`);
  const access = {
    commander: machineCommander,
    say,
    ...(flags['yes'] === true ? { packages: aptPackages(machineCommander, say) } : {}),
  };
  const interrupted = outside.catchInterrupts();
  await using open = await openEngine(outside, access);
  goOn(interrupted);
  assertFit(open.engine.about);
  const image = await labImage(open.engine, outside, access);
  const { version, endpoint, address } = open.engine.about;
  if (flags['json'] === true) {
    outside.stdout.write(`${JSON.stringify({ engine: { version, endpoint, address }, image })}\n`);
  } else {
    outside.stdout.write(
      `engine ${version} (${endpoint}, ${address})\nlab image ${image.tag}, ${image.built ? 'built now' : 'was there'}\n`,
    );
  }
  return exitCodes.ok;
};
