import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';

/*
 * Runs action.yml as GitHub does, as far as it uses GitHub: its `run` steps by bash. Of its `uses` steps it only knows
 * whether they fail: an upload that asks for a file, and finds none.
 */

const textsSchema = z.record(z.string(), z.string());
const stepSchema = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  // No job is cancelled here: the two are the same.
  if: z
    .string()
    .regex(/^(always\(\)|\$\{\{ !cancelled\(\) \}\})$/)
    .optional(),
  uses: z.string().optional(),
  with: textsSchema.optional(),
  run: z.string().optional(),
  shell: z.literal('bash').optional(),
  'working-directory': z.string().optional(),
  env: textsSchema.optional(),
});
const actionSchema = z.object({
  inputs: z.record(z.string(), z.object({ description: z.string(), default: z.string() })),
  outputs: z.record(z.string(), z.object({ description: z.string(), value: z.string() })),
  runs: z.object({ using: z.literal('composite'), steps: z.array(stepSchema) }),
});

export interface Job {
  /** Where action.yml is. */
  readonly action: string;
  /** A folder for this job alone. */
  readonly temp: string;
  readonly directory: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** By their names in expressions: `github.repository`. */
  readonly contexts: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

export interface JobResult {
  /** Exit code of the first step that failed; 0 where none did. */
  readonly code: number;
  /** The steps that failed, with their exit codes. */
  readonly failed: readonly (readonly [step: string | undefined, code: number])[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  /** What the steps printed. */
  readonly log: string;
  /** Other actions that it uses, with their inputs. */
  readonly used: readonly { readonly uses: string; readonly with: Readonly<Record<string, string>> }[];
}

export function runAction(job: Job): JobResult {
  const { inputs, outputs, runs } = actionSchema.parse(
    parse(readFileSync(join(job.action, 'action.yml'), 'utf8')),
  );
  const unknown = Object.keys(job.inputs).find((name) => !(name in inputs));
  if (unknown !== undefined) throw new Error(`the action has no input ${unknown}`);
  const known = new Map(Object.entries({ ...job.contexts, 'runner.temp': job.temp }));
  for (const [name, { default: value }] of Object.entries(inputs)) {
    known.set(`inputs.${name}`, job.inputs[name] ?? evaluated(value, known));
  }
  mkdirSync(job.temp, { recursive: true });
  const files = { GITHUB_PATH: join(job.temp, 'path'), GITHUB_STEP_SUMMARY: join(job.temp, 'summary') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const used: { uses: string; with: Record<string, string> }[] = [];
  let log = '';
  const failed: [step: string | undefined, code: number][] = [];
  for (const [index, step] of runs.steps.entries()) {
    if (failed.length > 0 && step.if === undefined) continue;
    if (step.uses !== undefined) {
      const given = allOf(step.with ?? {}, known);
      used.push({ uses: step.uses, with: given });
      if (given['if-no-files-found'] === 'error' && !hasFile(given['path'] ?? ''))
        failed.push([step.name, 1]);
    }
    if (step.run === undefined) continue;
    const output = join(job.temp, `output-${index}`);
    writeFileSync(output, '');
    const added = linesOf(readFileSync(files.GITHUB_PATH, 'utf8')).toReversed();
    const ended = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
      cwd: join(job.directory, evaluated(step['working-directory'] ?? '.', known)),
      encoding: 'utf8',
      env: {
        ...job.env,
        ...{ ...files, GITHUB_OUTPUT: output, GITHUB_ACTION_PATH: job.action },
        ...allOf(step.env ?? {}, known),
        PATH: [...added, job.env['PATH']].join(':'),
      },
    });
    log += ended.stdout + ended.stderr;
    if (ended.status !== 0) failed.push([step.name, ended.status ?? 1]);
    for (const line of linesOf(readFileSync(output, 'utf8'))) {
      const [name = ''] = line.split('=', 1);
      known.set(`steps.${step.id}.outputs.${name}`, line.slice(name.length + 1));
    }
  }
  const values = Object.entries(outputs).map(([name, { value }]) => [name, evaluated(value, known)]);
  return {
    ...{ code: failed[0]?.[1] ?? 0, failed, log, used, outputs: Object.fromEntries(values) },
    summary: readFileSync(files.GITHUB_STEP_SUMMARY, 'utf8'),
  };
}

function hasFile(directory: string): boolean {
  try {
    return readdirSync(directory).length > 0;
  } catch {
    return false;
  }
}

function allOf(texts: Readonly<Record<string, string>>, known: ReadonlyMap<string, string>) {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, evaluated(text, known)]));
}

/** An output that no step has written is empty. Any other name must be known. */
function evaluated(text: string, known: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{\{ (.*?) \}\}/g, (_, name: string) => {
    const value = known.get(name) ?? (name.startsWith('steps.') ? '' : undefined);
    if (value === undefined) throw new Error(`the action uses ${name}, which is not known`);
    return value;
  });
}

function linesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line !== '');
}
