import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../../runtime/engine/engine.ts';
import { type Holder, takeEngine } from '../../../runtime/engine-lock.ts';
import { thisProcess } from '../../../runtime/owner.ts';
import { Failure, messageOf } from '../../model/failure.ts';
import { throwIfInterrupted } from '../../model/go-on.ts';
import { unlessLate } from '../../model/unless-late.ts';
import type { Outside } from '../../outside.ts';
import type { EngineAccess } from './open-engine.ts';

/**
 * Interval at which a waiting run asks the engine again, in milliseconds. It is long, because asking disturbs
 * the measurement.
 */
const lookMs = 2000;
/** How long the engine may take to release its lock after the user has interrupted, in seconds. */
const lettingGoSeconds = 2;

/**
 * Reserves an engine for this command alone, before anything loads its machine. An image that is built beside
 * a measurement spoils it as much as a second measurement does.
 * @param wait for the other measurement to end, instead of refusing.
 * @throws {Failure} unfit: another measurement holds the engine. interrupted: by the user, while waiting.
 */
export async function engineForOne(
  engine: Engine,
  runId: string,
  { clock }: Pick<Outside, 'clock'>,
  { say, interrupted }: Pick<EngineAccess, 'say' | 'interrupted'>,
  wait: boolean,
): Promise<AsyncDisposable> {
  const applicant = {
    runId,
    owner: await thisProcess(),
    since: clock.now().toISOString().replace(/\.\d+/, ''),
  };
  let told = '';
  for (;;) {
    throwIfInterrupted(interrupted);
    const taken = await takeEngine(engine, applicant);
    if (taken.held) {
      return {
        async [Symbol.asyncDispose]() {
          try {
            const done = taken.letGo().then(() => true);
            if ((await unlessLate(done, interrupted, lettingGoSeconds)) === true) return;
            say('bench: the engine did not remove its lock in time: the next run will find it locked');
          } catch (error) {
            say(`bench: the engine did not remove its lock: ${messageOf(error)}`);
          }
          say('  When the engine answers again, run: bench clean');
        },
      };
    }
    if (!wait) throw refused(taken);
    if (told !== taken.words) {
      say(`waiting for ${taken.words} to end; Ctrl-C stops waiting`);
      if (!taken.judged) say(`  ${unseen(taken)}`);
    }
    told = taken.words;
    await sleep(lookMs, undefined, { signal: interrupted }).catch(() => undefined);
  }
}

function refused(holder: Holder): Failure {
  const waiting = 'Try again when it has ended. With --wait, bench run and bench calibrate wait for it.';
  return new Failure('unfit', `another ${holder.words} is measuring on this engine`, {
    hint: holder.judged
      ? `Two measurements at once disturb each other. ${waiting}`
      : `${waiting}\n${unseen(holder)}`,
  });
}

function unseen({ runId }: Holder): string {
  return `Its process is not visible from here. If it has ended, remove its leftovers: bench clean --force ${runId}`;
}
