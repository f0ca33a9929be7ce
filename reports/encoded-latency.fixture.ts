import { type Latency, longestLatencyNs } from '../bench/model/latency.ts';

/** So many responses took as long. */
export interface Taken {
  readonly ns: number;
  readonly count: number;
}

/**
 * The latency part of a slice line from counts, which are in ascending order and at least one. `bench/model/histogram.ts`
 * makes the same in some milliseconds, of which the tests need ten thousands.
 */
export function latencyOfCounts(taken: readonly Taken[]): Latency {
  const total = taken.reduce((sum, { count }) => sum + count, 0);
  const quantileUs = (quantile: number) => {
    let reached = 0;
    for (const { ns, count } of taken) {
      reached += count;
      if (reached >= quantile * total) return ns / 1e3;
    }
    return 0;
  };
  return {
    meanUs: taken.reduce((sum, { ns, count }) => sum + ns * count, 0) / total / 1e3,
    p50Us: quantileUs(0.5),
    p90Us: quantileUs(0.9),
    p99Us: quantileUs(0.99),
    p999Us: quantileUs(0.999),
    maxUs: (taken.at(-1)?.ns ?? 0) / 1e3,
    histogram: encoded(taken),
  };
}

/** HdrHistogram's V2 encoding with three significant digits, uncompressed. */
function encoded(taken: readonly Taken[]): string {
  const buckets = new Map<number, number>();
  for (const { ns, count } of taken) {
    const doubling = Math.max(0, Math.floor(Math.log2(ns)) - 10);
    const bucket = doubling * 1024 + Math.floor(ns / 2 ** doubling);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + count);
  }
  let next = 0;
  const counts = [...buckets].flatMap(([bucket, count]) => {
    const gap = bucket - next;
    next = bucket + 1;
    // ZigZag: a negative number is a gap of empty buckets.
    return [...(gap === 0 ? [] : leb128(2 * gap - 1)), ...leb128(2 * count)];
  });
  const head = Buffer.alloc(40);
  head.writeUInt32BE(0x1c849303, 0);
  head.writeInt32BE(counts.length, 4);
  head.writeInt32BE(3, 12);
  head.writeBigInt64BE(1n, 16);
  head.writeBigInt64BE(BigInt(longestLatencyNs), 24);
  head.writeDoubleBE(1, 32);
  return Buffer.concat([head, Buffer.from(counts)]).toString('base64');
}

function leb128(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}
