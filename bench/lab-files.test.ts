import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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
      permissions: z.never().optional(),
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

describe('nightly', () => {
  const steps = workflow('nightly').jobs['measure']?.steps ?? [];
  const measuring = steps.findIndex((step) => step.run === 'npx bench run');

  test('keeps and shows the run whatever came of it', () => {
    expect(measuring).toBeGreaterThan(0);
    const after = steps.slice(measuring + 1);
    expect(after.map((step) => step.if)).toEqual(['always()', 'always()']);
    expect(after.find((step) => step.uses?.startsWith('actions/upload-artifact@'))?.with).toMatchObject({
      path: 'results/[0-9]*',
    });
  });

  test('a run that hangs is stopped while there is time left to keep it', () => {
    const stepMinutes = steps.map((step) => step['timeout-minutes'] ?? 0).reduce((a, b) => a + b);
    expect(steps[measuring]?.['timeout-minutes']).toBeDefined();
    expect(workflow('nightly').jobs['measure']?.['timeout-minutes']).toBeGreaterThan(stepMinutes);
  });

  describe("the summary on the job's page", () => {
    let checkout: string;
    beforeEach(() => {
      checkout = mkdtempSync(join(tmpdir(), 'nightly-'));
      writeResult('sample/summary.md', 'the committed sample\n');
    });
    afterEach(() => rmSync(checkout, { recursive: true }));

    function writeResult(path: string, text: string): void {
      const file = join(checkout, 'results', path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }

    /** What a reader sees after the workflow's own script ran, as GitHub runs it. */
    function page(): string {
      const script = steps.find((step) => step.run?.includes('GITHUB_STEP_SUMMARY'))?.run ?? '';
      const file = join(checkout, 'page.md');
      execFileSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
        cwd: checkout,
        env: { ...process.env, GITHUB_STEP_SUMMARY: file },
      });
      return readFileSync(file, 'utf8');
    }

    test("is the run's own, not the committed sample's", () => {
      writeResult('20261120T093220Z-k3f9/summary.md', '# What bridge costs\n');
      expect(page()).toBe('# What bridge costs\n');
    });

    test('says so when the run was killed before it had one', () => {
      writeResult('20261120T093220Z-k3f9/run.json', '{}');
      expect(page()).toMatch(/^No summary: /);
    });
  });
});

test.each(['nightly', 'ci'])('%s may read the repository and nothing else', (name) => {
  expect(workflow(name).permissions).toEqual({ contents: 'read' });
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
