import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { configSchema } from './options.ts';

test('the published schema of the config file is the one that bench checks', async () => {
  const published = join(import.meta.dirname, '..', '..', 'results', 'schema', 'config.schema.json');
  const schema = `${JSON.stringify(z.toJSONSchema(configSchema), null, 2)}\n`;
  await expect(schema).toMatchFileSnapshot(published);
});
