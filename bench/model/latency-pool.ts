import { Failure } from './failure.ts';
import { bucketCount, significantDigits } from './histogram-buckets.ts';
import type { Latency } from './latency.ts';

/**
 * Latencies of many slices as counts by bucket of HdrHistogram (3 significant digits, from 1 ns). HdrHistogram's own
 * decode and add take some 100 µs a slice, most of it for new arrays; reading the encoded counts straight into one array
 * takes less than a tenth of that, and a long run has tens of thousands of slices.
 */
export interface LatencyPool {
  readonly counts: Float64Array;
  total: number;
  /** All counts lie in buckets `from` … `to` − 1: a case's latencies span few of the 28,000 buckets. */
  from: number;
  to: number;
}

export function emptyPool(): LatencyPool {
  return { counts: new Float64Array(bucketCount), total: 0, from: bucketCount, to: 0 };
}

export function clearPool(pool: LatencyPool): void {
  if (pool.from < pool.to) pool.counts.fill(0, pool.from, pool.to);
  pool.total = 0;
  pool.from = bucketCount;
  pool.to = 0;
}

/** Adds all of `from` to `pool`. */
export function addPool(pool: LatencyPool, from: LatencyPool): void {
  const { counts } = pool;
  for (let bucket = from.from; bucket < from.to; bucket++) {
    counts[bucket] = (counts[bucket] ?? 0) + (from.counts[bucket] ?? 0);
  }
  pool.total += from.total;
  pool.from = Math.min(pool.from, from.from);
  pool.to = Math.max(pool.to, from.to);
}

/**
 * Adds the latencies of one slice.
 *
 *   base64( cookie:4 payload:4 offset:4 digits:4 lowest:8 highest:8 ratio:8 counts )
 *
 * Counts are ZigZag LEB128 numbers in the order of the buckets; a negative one skips as many empty buckets
 * (HdrHistogram's V2 encoding, Tene).
 * @throws {Failure} usage, if the text is not such an encoding of nanoseconds with 3 significant digits.
 */
export function addLatency(pool: LatencyPool, { histogram }: Pick<Latency, 'histogram'>): void {
  const plain = Buffer.from(histogram, 'base64');
  requireEncoding(plain.length >= 40 && (plain.readUInt32BE(0) & ~0xf0) === 0x1c849303, histogram);
  requireEncoding(plain.readInt32BE(12) === significantDigits && plain.readBigInt64BE(16) === 1n, histogram);
  requireEncoding(plain.length === 40 + plain.readInt32BE(4), histogram);
  addCounts(pool, plain.subarray(40), histogram);
}

function addCounts(pool: LatencyPool, encoded: Uint8Array, histogram: string): void {
  const { counts } = pool;
  const { length } = encoded;
  let total = 0;
  let first = counts.length;
  let bucket = 0;
  let position = 0;
  while (position < length) {
    let value = encoded[position++] ?? 0;
    // Nearly every count and gap fits the first seven bits.
    if (value >= 0x80) {
      value &= 0x7f;
      for (let weight = 128, more = true; more; weight *= 128) {
        requireEncoding(position < length, histogram);
        const byte = encoded[position++] ?? 0;
        value += (byte & 0x7f) * weight;
        more = byte >= 0x80;
      }
    }
    if (value % 2 === 1) {
      bucket += (value + 1) / 2;
      continue;
    }
    requireEncoding(bucket < counts.length, histogram);
    const count = value / 2;
    counts[bucket] = (counts[bucket] ?? 0) + count;
    total += count;
    if (first > bucket) first = bucket;
    bucket++;
  }
  pool.total += total;
  pool.from = Math.min(pool.from, first);
  // Only a gap of empty buckets can follow the last count.
  pool.to = Math.max(pool.to, Math.min(bucket, counts.length));
}

function requireEncoding(holds: boolean, histogram: string): void {
  if (!holds) throw damaged(histogram);
}

function damaged(histogram: string): Failure {
  return new Failure(
    'usage',
    `not an encoded latency histogram of 3 digits in nanoseconds: ${histogram.slice(0, 40)}…`,
    {
      hint: 'slices.ndjson was changed or damaged after it was written. Remove the line with that text to read the others.',
    },
  );
}
