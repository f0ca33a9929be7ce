import type { EngineAbout } from '../../runtime/engine/engine.ts';
import { Failure } from '../model/failure.ts';

/**
 * Refuses engines whose "host" is not this machine: a number from there would carry the wrong name.
 * Throws a `Failure` (`unfit`) with the reason.
 */
export function assertFit(about: EngineAbout): void {
  if (about.osType !== 'linux') {
    throw new Failure('unfit', `the engine at ${about.address} runs ${about.osType} containers`, {
      hint: 'bench needs an engine for Linux containers.',
    });
  }
  if (/docker desktop/i.test(about.operatingSystem)) {
    throw new Failure('unfit', `the engine at ${about.address} is Docker Desktop`, {
      hint: 'There, host networking is that of a hidden virtual machine. Use Docker Engine: docker context use default, or run bench inside a Linux machine.',
    });
  }
  if (about.rootless) {
    throw new Failure('unfit', `the engine at ${about.address} is rootless`, {
      hint: 'Its "host network" is a namespace of its own behind a user-mode network stack: the numbers would not be about this machine. Use a rootful engine.',
    });
  }
}
