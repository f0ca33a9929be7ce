import { Failure } from '../../bench/model/failure.ts';
import { present } from '../../bench/model/present.ts';

/** How long an engine may take for one whole answer, in seconds. */
export interface CallPatience {
  readonly callSeconds: number;
  /** The limit after one call has waited in vain, until the engine answers again. */
  readonly afterSilenceSeconds: number;
  /**
   * Aborted when the user interrupts. Calls then wait only briefly for answers, including calls under way.
   */
  readonly interrupted?: AbortSignal;
}

/** How long an answer may take after the user has interrupted, in seconds. */
const afterInterruptSeconds = 3;

/** Containers of a busy engine take seconds to start and to be removed. A later answer counts as none. */
export const defaultCallSeconds = 60;

/** After one call has waited in vain, later calls wait less: a clean-up has many calls. */
export function callPatience(callSeconds = defaultCallSeconds, interrupted?: AbortSignal): CallPatience {
  const afterSilenceSeconds = Math.min(callSeconds, 5);
  return { callSeconds, afterSilenceSeconds, ...present({ interrupted }) };
}

/** No whole answer came in time: the engine hangs, or something in front of it does. */
export class EngineSilent extends Error {
  override readonly name = 'EngineSilent';
  constructor(seconds: number) {
    super(`no complete answer within ${seconds} s`);
  }
}

/** No answer came within the short time that an interrupted command has. */
function unanswered(): Failure {
  return new Failure(
    'interrupted',
    `interrupted, and the engine did not answer within ${afterInterruptSeconds} s`,
    {
      hint: 'The engine may have created objects. When it answers again, remove them with: bench clean',
    },
  );
}

/** A call as docker-modem, dockerode's transport, takes it. */
interface Call {
  readonly isStream?: boolean | undefined;
  readonly hijack?: boolean | undefined;
  abortSignal?: AbortSignal | undefined;
}

/** The one method of docker-modem through which all calls of dockerode go. */
interface Transport<C extends Call> {
  dial(call: C, answered?: (error: unknown, answer?: unknown) => void): void;
}

/**
 * Gives every call of a transport a deadline for its whole answer. docker-modem's own time-out counts silence
 * only: an engine that drips bytes blocks its caller for ever. docker-modem never reports an answer that
 * breaks off. Answers that are streams (build, pull, import) take as long as their work. For an attached
 * container only the attaching is bounded.
 */
export function boundCalls<C extends Call>(transport: Transport<C>, patience: CallPatience): void {
  const dial = transport.dial.bind(transport);
  let silent = false;
  transport.dial = (call, answered) => {
    if (call.isStream === true && call.hijack !== true) {
      dial(call, answered);
      return;
    }
    const { interrupted } = patience;
    const usual = silent ? patience.afterSilenceSeconds : patience.callSeconds;
    const seconds = interrupted?.aborted === true ? Math.min(usual, afterInterruptSeconds) : usual;
    const giveUp = new AbortController();
    let settled = false;
    const settle = (error: unknown, answer?: unknown) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      interrupted?.removeEventListener('abort', hurry);
      answered?.(error, answer);
    };
    const within = (limit: number) =>
      setTimeout(() => {
        silent = true;
        settle(interrupted?.aborted === true ? unanswered() : new EngineSilent(limit));
        giveUp.abort();
      }, limit * 1000);
    let timer = within(seconds);
    const hurry = () => {
      clearTimeout(timer);
      timer = within(Math.min(seconds, afterInterruptSeconds));
    };
    interrupted?.addEventListener('abort', hurry, { once: true });
    call.abortSignal =
      call.abortSignal === undefined ? giveUp.signal : AbortSignal.any([giveUp.signal, call.abortSignal]);
    dial(call, (error, answer) => {
      silent &&= settled;
      settle(error, answer);
    });
  };
}
