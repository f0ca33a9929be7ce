import { callPatience } from '../../runtime/engine/call-deadline.ts';
import { nothingListens } from '../../runtime/engine/connection-failure.ts';
import { connectDockerode } from '../../runtime/engine/dockerode.ts';
import type { Engine } from '../../runtime/engine/engine.ts';
import type { Commander } from '../../runtime/machine/command.ts';
import { runningEngine, usePrivateEngine } from '../../runtime/private-engine/private-engine.ts';
import { messageOf } from '../model/failure.ts';
import type { Outside } from '../outside.ts';
import { answerSeconds, borrowed, endpointFor, privateLayout } from './open-engine.ts';

/** An engine, or why there is none in words. Disposing gives it back as it was found. */
export interface AnsweringEngine extends AsyncDisposable {
  readonly engine: Engine | string;
}

/**
 * An engine that answers already: the one that `openEngine` would find, or a private one that some other command of
 * bench runs. Nothing is started or installed for it.
 */
export async function answeringEngine(outside: Outside, commander: Commander): Promise<AnsweringEngine> {
  try {
    const patience = callPatience(answerSeconds(outside));
    const endpoint = await endpointFor(outside);
    return await connectDockerode(endpoint, undefined, patience).then(borrowed, async (error: unknown) => {
      const own = privateLayout(outside);
      if (endpoint.found !== 'socket' || !nothingListens(error)) throw error;
      if ((await runningEngine(own)) === undefined) throw error;
      return usePrivateEngine(commander, own, outside.clock);
    });
  } catch (error) {
    return { engine: messageOf(error), [Symbol.asyncDispose]: async () => {} };
  }
}
