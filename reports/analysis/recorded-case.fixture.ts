import type { Case } from '../../bench/model/case.ts';
import { emptyHistogram, latencyOf } from '../../bench/model/histogram.ts';
import type { CompletedSlice } from '../../bench/model/slice.ts';
import { baselinePath, bridgePath } from '../synthetic-run.fixture.ts';
import { countSlices, type RecordedCase } from './recorded-cases.ts';

export const baselineCase: Case = {
  server: 'nginx',
  path: baselinePath,
  role: 'baseline',
  profile: 'latency',
};
export const bridgeCase: Case = { ...baselineCase, path: bridgePath, role: 'contender' };

/** What a test says about a slice; all else is ordinary. */
export interface SliceFigures {
  readonly round: number;
  readonly block: number;
  readonly p50Ns?: number;
  readonly requests?: number;
  readonly wallSeconds?: number;
  readonly turnRates?: readonly number[];
  readonly machineBusySeconds?: number;
  readonly clientBound?: boolean;
}

/** A completed slice with one latency in its histogram: quick to make by the thousand. */
export function completedSlice(subject: Case, figures: SliceFigures): CompletedSlice {
  const { round, block, requests = 1_000, p50Ns = 62_000 } = figures;
  return {
    ...subject,
    round,
    block,
    position: 1,
    startedAt: '2026-11-20T09:32:20.000Z',
    status: 'completed',
    requests,
    bytes: requests * 1_262,
    wallSeconds: figures.wallSeconds ?? 0.5,
    ...(figures.turnRates === undefined
      ? {}
      : { turns: figures.turnRates.length, turnRates: [...figures.turnRates] }),
    rampSeconds: 0.1,
    edgeSeconds: 0,
    connections: 1,
    agentCoreShare: 0.5,
    faults: { errors: 0, timeouts: 0, non2xx: 0, mismatches: 0, lostOnReconnect: 0 },
    latency: { ...oneLatency, p50Us: p50Ns / 1e3 },
    ...(figures.machineBusySeconds === undefined
      ? {}
      : {
          cpu: {
            windowSeconds: 0.6,
            requests,
            machineBusySeconds: figures.machineBusySeconds,
            userSeconds: 0,
            systemSeconds: 0,
            softirqSeconds: 0,
            stealSeconds: 0,
          },
        }),
    marks: figures.clientBound === true ? ['client-bound'] : [],
  };
}

const oneLatency = (() => {
  const histogram = emptyHistogram();
  histogram.recordValue(62_000);
  const latency = latencyOf(histogram);
  if (latency === undefined) throw new Error('no latency');
  return latency;
})();

export function recordedCase(subject: Case, figures: readonly SliceFigures[]): RecordedCase {
  const slices = figures.map((it) => completedSlice(subject, it));
  const rounds = new Map<number, Map<number, CompletedSlice>>();
  for (const slice of slices) {
    rounds.set(slice.round, (rounds.get(slice.round) ?? new Map()).set(slice.block, slice));
  }
  return { case: subject, slices, counts: countSlices(slices), rounds };
}

/** Gives every slice of a case a new median: making slices is what takes the time of a thousand simulated runs. */
export function redraw({ rounds }: RecordedCase, p50Ns: (round: number, block: number) => number): void {
  for (const [round, slices] of rounds) {
    for (const [block, { latency }] of slices) latency.p50Us = p50Ns(round, block) / 1e3;
  }
}
