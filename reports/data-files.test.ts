import { expect, test } from 'vitest';
import type * as z from 'zod';
import { fromDataKeys, toDataKeys } from '../bench/model/data-keys.ts';
import { evidenceSchema } from '../bench/model/evidence.ts';
import { planSchema } from '../bench/model/plan.ts';
import { runSchema } from '../bench/model/run.ts';
import { sliceSchema } from '../bench/model/slice.ts';
import { summarySchema } from '../bench/model/summary.ts';
import { buildReportModel } from './analysis/build-report-model.ts';
import { asWritten } from './as-written.fixture.ts';
import { syntheticRun } from './synthetic-run.fixture.ts';

const measured = syntheticRun({
  seed: 1,
  rounds: 7,
  blocks: 2,
  faultyShare: 0.1,
  failedSlices: 3,
  contradicted: true,
  timed: { startSeconds: 0.1, connectUs: 30 },
});
/** With counters of the kernel: bridge mode sends segments again. */
const recorded = {
  ...measured,
  evidence: measured.evidence.map((it) => ({
    ...it,
    kernel: { requests: 1_000, counts: { tcp_retransmits: it.path.startsWith('bridge') ? 50 : 0 } },
  })),
};
const { environment } = recorded.run;
/** With keys that are data. */
const run = {
  ...recorded.run,
  environment: {
    ...environment,
    sysctls: { 'net.ipv4.ip_forward': '1', 'net.ipv4.tcp_rmem': '4096' },
    network: {
      inputPolicy: 'ACCEPT',
      bridgeNetfilter: true,
      mtu: { eth0: 1500, 'br-1aB': 1450, vethCd: 1500 },
    },
  },
};
const { summary } = buildReportModel({ ...recorded, run });

const documents: readonly (readonly [name: string, schema: z.ZodType, documents: readonly unknown[]])[] = [
  ['run', runSchema, [run]],
  ['plan', planSchema, [run.plan]],
  ['slice', sliceSchema, recorded.slices],
  ['summary', summarySchema, [summary]],
  ['evidence', evidenceSchema, recorded.evidence.map((it) => ({ ...it, raw: {} }))],
];

test.each(documents)(
  '%s: what is written is read back as it was, but for the tenth digit',
  (_, schema, them) => {
    const [write, read] = [toDataKeys(schema), fromDataKeys(schema)];
    expect(them.length).toBeGreaterThan(0);
    for (const document of them) {
      const file: unknown = JSON.parse(JSON.stringify(write(document)));
      expect(schema.parse(read(file))).toEqual(asWritten(document));
    }
  },
);

test.each(documents)('%s: its file has no camelCase key but those that are data', (_, schema, them) => {
  const data = new Set(['vethCd', 'br-1aB']);
  for (const document of them) {
    const odd = keysOf(toDataKeys(schema)(document)).filter((key) => /[A-Z]/.test(key) && !data.has(key));
    expect(odd).toEqual([]);
  }
});

function keysOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, it]) => [key, ...keysOf(it)]);
}
