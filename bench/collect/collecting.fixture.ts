import type { ConnectionRoom } from '../model/connection-room.ts';
import type { Running } from '../model/described.ts';
import type { Evidence } from '../model/evidence.ts';
import type { OtherProcess } from '../model/other-processes.ts';
import { present } from '../model/present.ts';
import type { Run } from '../model/run.ts';
import type { Slice } from '../model/slice.ts';
import { resolvePlan } from '../plan/resolve-plan.ts';
import { schedule } from '../schedule/schedule.ts';
import { collect } from './collect.ts';
import type { ProgressEvent } from './progress.ts';
import { type FakeStageOptions, fakeStage } from './stage.fake.ts';
import type { Enough } from './stop-rule.ts';

/** One slice after the other, each in one piece. */
export const oneByOne = { turnSeconds: '0' };

export interface Collecting {
  readonly flags?: Record<string, unknown>;
  /** A running container of the user's that is measured itself, instead of nginx. */
  readonly running?: Running;
  readonly stage?: Partial<FakeStageOptions>;
  readonly controller?: AbortController;
  readonly enough?: Enough;
  readonly onTurns?: FakeStageOptions['onTurns'];
  /** Room for connections, each time it is asked for. It may let time pass. */
  readonly room?: (pass: (seconds: number) => void) => ConnectionRoom;
  /** What can be seen of other processes, look by look: two each round. None if left out. */
  readonly others?: readonly (readonly OtherProcess[])[];
  /** What the disk does with the n-th slice, or with evidence; it may throw. */
  readonly onAppend?: (what: 'slice' | 'evidence', nth: number) => void;
}

/** Runs the collecting loop on a stage without a machine: nginx on the bridge, in three deployments and nine cases. */
export async function collecting({
  flags = {},
  running,
  stage: labOptions = {},
  controller = new AbortController(),
  enough,
  onTurns,
  onAppend,
  room,
  others = [],
}: Collecting = {}) {
  const plan = resolvePlan(
    {
      flags: {
        ...(running === undefined
          ? { server: ['nginx'], mode: ['bridge'] }
          : { container: running.container }),
        ...{ rounds: '2', blocks: '2', seed: '7', sliceSeconds: '0.06' },
        ...flags,
      },
      env: {},
      ...present({ running }),
    },
    () => 0,
  );
  let seconds = 0;
  const pass = (passed: number) => {
    seconds += passed;
  };
  const slices: Slice[] = [];
  const evidence: Evidence[] = [];
  const rates: NonNullable<Run['rates']>[] = [];
  const pacedRates: NonNullable<Run['pacedRates']>[] = [];
  let looks = 0;
  const events: (ProgressEvent | 'read')[] = [];
  const stage = fakeStage({
    seed: 1,
    medianSeconds: (order) => (order.route.server.kind === 'host' ? 100e-6 : 120e-6),
    pass,
    ...present({ onTurns }),
    ...(room === undefined ? {} : { room: () => room(pass) }),
    ...labOptions,
  });
  const collected = await collect({
    plan,
    schedule: schedule(plan),
    stage: { ...stage, otherProcesses: async () => others[looks++] ?? [] },
    recorder: {
      async noteRates(found) {
        if (found.rates !== undefined) rates.push(found.rates);
        if (found.pacedRates !== undefined) pacedRates.push(found.pacedRates);
      },
      async appendSlices(...ended) {
        for (const slice of ended) {
          onAppend?.('slice', slices.length + 1);
          slices.push(slice);
        }
      },
      async appendEvidence(...ended) {
        for (const line of ended) {
          onAppend?.('evidence', evidence.length + 1);
          evidence.push(line);
        }
      },
    },
    clock: { now: () => new Date(seconds * 1000), monotonicSeconds: () => seconds },
    progress: (event) => events.push(event),
    ...present({ enough }),
    signal: controller.signal,
  });
  return { plan, collected, slices, evidence, rates, pacedRates, events, stage: stage };
}
