import { dataFileSchema } from '../bench/model/data-keys.ts';
import { evidenceSchema } from '../bench/model/evidence.ts';
import { planSchema } from '../bench/model/plan.ts';
import { runSchema } from '../bench/model/run.ts';
import { sliceSchema } from '../bench/model/slice.ts';
import { summarySchema } from '../bench/model/summary.ts';

/** The published schemas, under the names of their files in results/schema. */
const published = {
  run: {
    schema: runSchema,
    title: 'run.json',
    description: 'What was planned, on which machine, and how the run ended.',
  },
  slice: {
    schema: sliceSchema,
    title: 'One line of slices.ndjson',
    description:
      'One slice: the measured load on one server on one path under one profile, in one block of one round.',
  },
  evidence: {
    schema: evidenceSchema,
    title: 'One line of evidence.ndjson',
    description: 'What kernel and engine showed of the path of one deployment in one round.',
  },
  summary: {
    schema: summarySchema,
    title: 'summary.json',
    description: 'What the run found. It is computed from run.json, slices.ndjson and evidence.ndjson alone.',
  },
  plan: {
    schema: planSchema,
    title: 'The plan of a run',
    description: 'Every setting of a run, as run.json and bench plan --json have it.',
  },
} as const;

/** JSON Schemas (draft 2020-12) of the run folder's documents, made from the schemas that read them. */
export function jsonSchemas(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(published).map(([name, { schema, title, description }]) => [
      name,
      dataFileSchema(schema.meta({ title, description })),
    ]),
  );
}
