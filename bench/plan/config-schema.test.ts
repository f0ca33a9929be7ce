import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { configSchema } from './options.ts';

test('the published schema of the config file is the one that bench checks', async () => {
  const published = join(import.meta.dirname, '..', '..', 'results', 'schema', 'config.schema.json');
  const schema = z.toJSONSchema(
    configSchema.meta({
      title: 'bench.config.json or bench.config.yaml',
      description: 'Options of a plan. Flags and variables come before them.',
    }),
  );
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(published);
});
