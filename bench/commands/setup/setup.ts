import { exitCodes } from '../../model/failure.ts';
import { throwIfInterrupted } from '../../model/go-on.ts';
import { asUnfit } from '../before-measuring.ts';
import type { CommandRunner } from '../command.ts';
import { documentText } from '../documents.ts';
import { labImageBesideOthers } from '../engine/beside-others.ts';
import { assertFit } from '../engine/fitness.ts';
import { engineAccess, openEngine } from '../engine/open-engine.ts';

/**
 * `bench setup`: provides an engine that answers and the lab image in it. Installs packages only with
 * `--yes`.
 */
export const setup: CommandRunner = async ({ flags }, outside) => {
  const interrupted = outside.catchInterrupts();
  const access = engineAccess(flags, outside, { interrupted, install: flags['yes'] === true });
  await using open = await asUnfit(() => openEngine(outside, access));
  const image = await asUnfit(async () => {
    throwIfInterrupted(interrupted);
    assertFit(open.engine.about);
    return labImageBesideOthers(open, outside, access);
  });
  const { version, endpoint, address } = open.engine.about;
  if (flags['json'] === true) {
    outside.stdout.write(documentText('setup-output', { engine: { version, endpoint, address }, image }));
  } else {
    outside.stdout.write(
      `engine ${version} (${endpoint}, ${address})\nlab image ${image.tag}, ${image.built ? 'built now' : 'was there'}\n`,
    );
  }
  return exitCodes.ok;
};
