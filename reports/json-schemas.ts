import { dataFileSchema } from '../bench/model/data-keys.ts';
import { evidenceSchema } from '../bench/model/evidence.ts';
import { planSchema } from '../bench/model/plan.ts';
import { runSchema } from '../bench/model/run.ts';
import { sliceSchema } from '../bench/model/slice.ts';
import { summarySchema } from '../bench/model/summary.ts';

/** The published schemas, under the names of their files in results/schema. */
const published = {
  run: { schema: runSchema, title: 'run.json' },
  slice: { schema: sliceSchema, title: 'One line of slices.ndjson' },
  evidence: { schema: evidenceSchema, title: 'One line of evidence.ndjson' },
  summary: { schema: summarySchema, title: 'summary.json' },
  plan: { schema: planSchema, title: 'The plan of a run' },
} as const;

/** JSON Schemas (draft 2020-12) of the run folder's documents, made from the schemas that read them. */
export function jsonSchemas(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(published).map(([name, { schema, title }]) => [
      name,
      dataFileSchema(schema.meta({ title })),
    ]),
  );
}
