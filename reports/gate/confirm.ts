import type { Failure } from '../../bench/model/failure.ts';
import type { GateCheck } from '../../bench/model/gate.ts';
import { present } from '../../bench/model/present.ts';
import { type Asserted, checkOf } from './check.ts';
import type { Judging, KnownRun } from './judging.ts';

/** A check, and what it is a check of. */
interface Judged {
  readonly asserted: Asserted;
  readonly check: GateCheck;
}

/** Whether a check would fail the gate, so that it is worth a second measurement. */
export function isToConfirm({ check: { outcome, level } }: Judged): boolean {
  return outcome === 'failed' && level === 'error';
}

/**
 * The check after its comparison was measured again. It stays failed where both runs agree, and is open where they do
 * not.
 * @param again the run that measured the failing comparisons again.
 */
export function confirmed({ asserted, check }: Judged, judging: Judging, again: KnownRun): GateCheck {
  const second = checkOf(asserted, { ...judging, record: again });
  const agrees = second.outcome === 'failed';
  const { outcome, figure, overhead, sentence } = second;
  const says = sentence.slice(sentence.indexOf(': ') + 2);
  return {
    ...check,
    outcome: agrees ? 'failed' : 'open',
    sentence: `${check.sentence}. Measured again in run ${again.run.runId}, it ${agrees ? 'failed too' : `is ${outcome}`}: ${says}`,
    confirmation: {
      runId: again.run.runId,
      outcome,
      ...present({ figure, overhead }),
    },
  };
}

/** The check whose comparison could not be measured again: what the run found stands. */
export function unconfirmed({ check }: Judged, { message }: Failure): GateCheck {
  return { ...check, sentence: `${check.sentence}. It is not confirmed: ${message}` };
}
