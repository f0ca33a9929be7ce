import type { AcceptedStep, Assertion, GateCheck, GateLimit } from '../../bench/model/gate.ts';
import type { RunRecord } from '../../bench/model/run-record.ts';
import { bridgePath } from '../synthetic-run.fixture.ts';
import { type Asserted, assertedOf } from './check.ts';
import { type Judging, knownRun } from './judging.ts';

export const place = 'bench.config.yaml:2:5';

export interface Given extends Partial<Pick<Assertion, 'metric' | 'path'>> {
  readonly level?: GateCheck['level'];
  readonly earlier?: readonly RunRecord[];
  readonly accepted?: readonly AcceptedStep[];
}

/** One limit on one comparison of a run, by default the median latency of the bridge, and what it is judged by. */
export function assertedOn(
  record: RunRecord,
  limit: GateLimit,
  given: Given = {},
): { readonly asserted: Asserted; readonly judging: Judging } {
  const {
    metric = 'latency_p50_us',
    path = bridgePath,
    level = 'error',
    earlier = [],
    accepted = [],
  } = given;
  const assertion = { metric, path, limits: [limit], level, place };
  const [asserted, ...others] = assertedOf({ assertions: [assertion], accepted }, record);
  if (asserted === undefined || others.length > 0) throw new Error('one comparison is asserted');
  return { asserted, judging: { record: knownRun(record), earlier: earlier.map(knownRun), accepted } };
}
