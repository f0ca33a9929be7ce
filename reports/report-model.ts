import type { Case } from '../bench/model/case.ts';
import type { Evidence } from '../bench/model/evidence.ts';
import type { MetricName } from '../bench/model/metric.ts';
import type { Run } from '../bench/model/run.ts';
import type { Slice } from '../bench/model/slice.ts';
import type { Overhead, Summary } from '../bench/model/summary.ts';

/** Everything that a renderer may use. Renderers compute no statistics: they scale, round and lay out. */
export interface ReportModel {
  readonly run: Run;
  readonly summary: Summary;
  readonly evidence: readonly Evidence[];
  /** Every slice in the order of measurement. */
  readonly timeline: readonly TimelinePoint[];
  /** One pooled latency distribution for each case of the latency profile that has rounds that count. */
  readonly distributions: readonly Distribution[];
  /** One for each main result, the twins included, that has enough rounds. */
  readonly innerIntervals: readonly InnerInterval[];
}

/** The interval at 1 − 2α of a main result's ratio. It decides `equivalent` (bench/docs/method.md, section 4). */
export interface InnerInterval extends Pick<Overhead, 'server' | 'profile' | 'path' | 'baseline'> {
  readonly low: number;
  readonly high: number;
}

export interface TimelinePoint {
  readonly case: Case;
  readonly status: Slice['status'];
  /** Present where the figures of its case rest on it. */
  readonly counted?: true;
  readonly round: number;
  readonly block: number;
  /** 1, 2, 3 … over the whole run. */
  readonly order: number;
  readonly startedAt: string;
  /** The profile's declared metric. Absent for a failed slice. */
  readonly value?: number;
  readonly metric: MetricName;
}

export interface Distribution {
  readonly case: Case;
  readonly responses: number;
  /** From the median outwards, as far as the count supports: quantile 0..1. */
  readonly points: readonly { readonly quantile: number; readonly microseconds: number }[];
}
