import { bucketCount, bucketOf, significantDigits, upperEdgeNs } from './histogram-buckets.ts';
import { type Latency, longestLatencyNs } from './latency.ts';
import { addLatency, emptyPool } from './latency-pool.ts';

/**
 * Latencies of one slice in integer nanoseconds with 3 significant digits: the buckets of HdrHistogram (Tene), with a
 * relative error below 0.1 %. Bucket i < 2048 is the value i; from there on each 1024 buckets are twice as wide as the
 * 1024 before. Recording allocates nothing, because it happens once a response.
 */
export class LatencyHistogram {
  readonly counts = new Float64Array(bucketCount);
  totalCount = 0;
  sumNs = 0;
  maxNs = 0;

  /** A latency below 1 ns counts as 1 ns. A latency above a minute counts as a minute. */
  recordValue(latencyNs: number, times = 1): void {
    const ns = Math.min(Math.max(Math.round(latencyNs), 1), longestLatencyNs);
    const bucket = bucketOf(ns);
    this.counts[bucket] = (this.counts[bucket] ?? 0) + times;
    this.totalCount += times;
    this.sumNs += ns * times;
    if (ns > this.maxNs) this.maxNs = ns;
  }

  /** The upper edge of the bucket that holds the quantile (0..1) of the latencies; 0 without latencies. */
  quantileNs(quantile: number): number {
    // A rounding error can lift the product above the whole number that it is.
    const wanted = Math.max(1, Math.ceil(quantile * this.totalCount * (1 - Number.EPSILON)));
    let reached = 0;
    for (const [bucket, count] of this.counts.entries()) {
      reached += count;
      if (reached >= wanted) return Math.min(upperEdgeNs(bucket), this.maxNs);
    }
    return 0;
  }

  /** The buckets that hold something: their upper edges and counts, in ascending order. */
  filled(): readonly { readonly ns: number; readonly count: number }[] {
    const filled: { ns: number; count: number }[] = [];
    for (const [bucket, count] of this.counts.entries()) {
      if (count > 0) filled.push({ ns: Math.min(upperEdgeNs(bucket), this.maxNs), count });
    }
    return filled;
  }
}

export function emptyHistogram(): LatencyHistogram {
  return new LatencyHistogram();
}

/**
 * The latency part of a slice line, or `undefined` when nothing was recorded.
 * @param far whether the line has p99.9 as well.
 */
export function latencyOf(histogram: LatencyHistogram, far = false): Latency | undefined {
  if (histogram.totalCount === 0) return undefined;
  const quantileUs = (quantile: number) => histogram.quantileNs(quantile) / 1e3;
  return {
    meanUs: histogram.sumNs / histogram.totalCount / 1e3,
    p50Us: quantileUs(0.5),
    p90Us: quantileUs(0.9),
    p99Us: quantileUs(0.99),
    ...(far ? { p999Us: quantileUs(0.999) } : {}),
    maxUs: histogram.maxNs / 1e3,
    histogram: encoded(histogram),
  };
}

/**
 * HdrHistogram's V2 encoding without its compression: twice the text, decoded in half of the time, of which a long run
 * has 100,000.
 *
 *   base64( cookie:4 payload:4 offset:4 digits:4 lowest:8 highest:8 ratio:8 counts )
 *
 * Counts are ZigZag LEB128 numbers in the order of the buckets; a negative one skips as many empty buckets.
 */
function encoded(histogram: LatencyHistogram): string {
  const counts = encodedCounts(histogram);
  const head = Buffer.alloc(40);
  head.writeUInt32BE(0x1c849313, 0);
  head.writeUInt32BE(counts.length, 4);
  head.writeUInt32BE(significantDigits, 12);
  head.writeBigInt64BE(1n, 16);
  head.writeBigInt64BE(BigInt(longestLatencyNs), 24);
  head.writeDoubleBE(1, 32);
  return Buffer.concat([head, Buffer.from(counts)]).toString('base64');
}

function encodedCounts({ counts, maxNs }: LatencyHistogram): readonly number[] {
  const bytes: number[] = [];
  let empty = 0;
  for (const count of counts.subarray(0, bucketOf(maxNs) + 1)) {
    if (count === 0) {
      empty++;
      continue;
    }
    // Like HdrHistogram, this writes a single empty bucket as a count of 0.
    if (empty > 0) pushNumber(bytes, empty === 1 ? 0 : 2 * empty - 1);
    empty = 0;
    pushNumber(bytes, 2 * count);
  }
  return bytes;
}

/**
 * The latencies of several histograms as one: their counts added, bucket by bucket. Nothing is lost by it but the last
 * digits of the mean.
 * @returns undefined where no part has latencies.
 */
export function mergedLatency(parts: readonly (Latency | undefined)[], far = false): Latency | undefined {
  const merged = emptyHistogram();
  for (const part of parts) {
    if (part === undefined) continue;
    const pool = emptyPool();
    addLatency(pool, part);
    for (let bucket = pool.from; bucket < pool.to; bucket++) {
      merged.counts[bucket] = (merged.counts[bucket] ?? 0) + (pool.counts[bucket] ?? 0);
    }
    merged.totalCount += pool.total;
    merged.sumNs += part.meanUs * 1e3 * pool.total;
    merged.maxNs = Math.max(merged.maxNs, Math.round(part.maxUs * 1e3));
  }
  return latencyOf(merged, far);
}

/** LEB128: seven bits a byte, the lowest first. */
function pushNumber(bytes: number[], value: number): void {
  let left = value;
  for (; left >= 0x80; left = Math.floor(left / 0x80)) bytes.push((left % 0x80) + 0x80);
  bytes.push(left);
}
