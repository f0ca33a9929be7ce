import { createHash } from 'node:crypto';
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from '../../../runtime/engine/engine.ts';

/**
 * Images of users' services, laid out as such images usually are. Each is a folder of `service-images`, whose
 * Dockerfile says what is usual about it.
 */
export type ServiceImage =
  | 'nginx'
  | 'httpd'
  | 'node-app'
  | 'python-app'
  | 'no-tools'
  | 'postgres'
  | 'database-app';

const folder = join(import.meta.dirname, 'service-images');
const top = join(import.meta.dirname, '..', '..', '..');
/** Where .ci/service-root puts the root file system under all of them. */
const archives = '/var/cache/bench-tests';

/**
 * The tag of an image, which is built where the engine does not have it yet. The tag covers what the image is made of,
 * so that a later run of the tests finds it.
 */
export async function serviceImage(engine: Engine, name: ServiceImage): Promise<string> {
  const directory = join(folder, name);
  const files = await readdir(directory);
  const root = await rootKey();
  const hash = createHash('sha256').update(root);
  for (const file of files.toSorted()) hash.update(file).update(await readFile(join(directory, file)));
  const tag = `test-services/${name}:${hash.digest('hex').slice(0, 12)}`;
  if (await engine.imageExists(tag)) return tag;
  const BASE = await rootImage(engine, root);
  await engine.build({ directory, files, tag, arguments: { BASE }, labels: {} }, () => {});
  return tag;
}

async function rootImage(engine: Engine, key: string): Promise<string> {
  const tag = `test-services/root:${key}`;
  if (await engine.imageExists(tag)) return tag;
  const archive = join(archives, `services-${key}.tar`);
  await access(archive).catch(() => {
    throw new Error(`there is no ${archive}: run \`npm run setup:tests\` first`);
  });
  await engine.importImage(archive, tag);
  return tag;
}

/** As .ci/service-root computes it. */
async function rootKey(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of [join(top, '.ci', 'service-root'), join(folder, 'node-app', 'package-lock.json')]) {
    hash.update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}
