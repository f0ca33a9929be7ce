import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dataFileSchema } from '../model/data-keys.ts';
import { installationOf } from '../process-outside.ts';
import { documentSchemas } from './documents.ts';

test.each(Object.entries(documentSchemas))(
  'the published schema %s is the one in the code',
  async (name, schema) => {
    const published = join(installationOf(import.meta.dirname), 'results', 'schema', `${name}.schema.json`);
    await expect(`${JSON.stringify(dataFileSchema(schema), null, 2)}\n`).toMatchFileSnapshot(published);
  },
);
