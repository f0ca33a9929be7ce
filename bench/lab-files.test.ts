import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

const stepSchema = z.object({
  name: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  if: z.string().optional(),
  'timeout-minutes': z.number().optional(),
  with: z.record(z.string(), z.unknown()).optional(),
});
const workflowSchema = z.object({
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({
      'timeout-minutes': z.number(),
      permissions: z.record(z.string(), z.string()).optional(),
      strategy: z.object({ matrix: z.object({ node: z.array(z.string()) }) }).optional(),
      steps: z.array(stepSchema).min(1),
    }),
  ),
});

function workflow(name: string): z.infer<typeof workflowSchema> {
  return workflowSchema.parse(parse(read(`.github/workflows/${name}.yml`)));
}

const manifest = z
  .object({ engines: z.object({ node: z.string() }), scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read('package.json')));
const oldestNode = manifest.engines.node.replace('>=', '');

test('the nightly job has time left to keep what was measured when its run hangs', () => {
  const nightly = workflow('nightly').jobs['measure'];
  const measuring = nightly?.steps.find(({ uses }) => uses === './');
  const minutes = z.coerce.number().parse(measuring?.with?.['timeout-minutes']);
  // Node, packages and keeping the run take less than a quarter of an hour.
  expect(nightly?.['timeout-minutes']).toBeGreaterThanOrEqual(minutes + 15);
});

test('a workflow may read the repository, and nightly alone writes: the branch of its history', () => {
  const { permissions, jobs } = workflow('ci');
  expect(permissions).toEqual({ contents: 'read' });
  expect(Object.values(jobs).every((job) => job.permissions === undefined)).toBe(true);
  const nightly = workflow('nightly');
  expect(nightly.permissions).toEqual({});
  expect(nightly.jobs['measure']?.permissions).toEqual({ contents: 'write' });
});

test('every npm script that a workflow or a text for developers names exists', () => {
  const texts = ['.github/workflows/nightly.yml', '.github/workflows/ci.yml', 'DEVELOPERS.md', 'Vagrantfile'];
  const named = texts.flatMap((path) =>
    [...read(path).matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name),
  );
  expect(named).not.toEqual([]);
  expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(named));
});

test('the oldest Node that package.json allows is the one that is tested and that the lab asks for', () => {
  expect(workflow('ci').jobs['test']?.strategy?.matrix.node).toContain(oldestNode);
  expect(read('vagrant/provision.sh')).toContain(`readonly node_oldest=${oldestNode}\n`);
});
