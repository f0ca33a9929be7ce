import { createRequire } from 'node:module';
import * as z from 'zod';

/**
 * What github-action-benchmark demands of its custom input: the fields of BenchmarkResult in src/extract.ts, and the
 * form of a range in src/extractRangeInfo.ts, of benchmark-action/github-action-benchmark at commit c38cce98215c
 * (2026-03-31). It refuses an empty list.
 */
export const githubActionBenchmarkInput = z
  .array(
    z.object({
      name: z.string().min(1),
      value: z.number(),
      unit: z.string(),
      range: z.string().regex(/^(\+-|±)\s*\d+(\.\d+)?$/),
      extra: z.string(),
    }),
  )
  .min(1);

const bound = { type: 'number' } as const;

/**
 * The JSON Schema that Bencher publishes as https://bencher.dev/v0/bmf.json, as recorded from bencherdev/bencher at
 * commit 8d75325c3bc5 (2026-08-22): names of any length but none, a value, and bounds that may be left out. Names of
 * benchmarks have at most 1,024 characters and those of measures 64 (lib/bencher_valid).
 */
export const bencherMetricFormat = z.record(
  z.string().min(1).max(1_024),
  z.record(
    z.string().min(1).max(64),
    z.fromJSONSchema({
      type: 'object',
      properties: { value: bound, lower_value: bound, upper_value: bound },
      required: ['value'],
    }),
  ),
);

/** A family as parse-prometheus-text-format, a reader of Prometheus' text format, has it. */
interface ReadFamily {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly metrics: readonly {
    readonly value: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly timestamp_ms?: string;
  }[];
}

const read = createRequire(import.meta.url)('parse-prometheus-text-format');

export const readPrometheusText: (text: string) => readonly ReadFamily[] = read.default ?? read;
