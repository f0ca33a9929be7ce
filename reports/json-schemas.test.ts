import { expect, test } from 'vitest';
import { jsonSchemas } from './json-schemas.ts';

test.each(Object.entries(jsonSchemas()))(
  'results/schema/%s.schema.json is up to date',
  async (name, schema) => {
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
      `../results/schema/${name}.schema.json`,
    );
  },
);

test('every document of a run folder has a schema', () => {
  expect(Object.keys(jsonSchemas()).sort()).toEqual(['evidence', 'plan', 'run', 'slice', 'summary']);
});
