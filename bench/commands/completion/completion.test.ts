import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { cli } from '../../cli.ts';
import { commandNames } from '../../command-table.ts';
import { tellingOutside } from '../../outside.fixture.ts';
import { planNames } from '../../plan/plan-names.ts';

/*
 * The bash script runs in a real bash: what it offers is what a user would be offered. zsh and fish are not everywhere: their
 * scripts are compared with what they are meant to be.
 */

const exec = promisify(execFile);
let script: string;

async function completion(shell: string): Promise<string> {
  const { outside, told } = tellingOutside();
  expect(await cli(['completion', shell], outside)).toBe(0);
  return told.stdout;
}

beforeAll(async () => {
  script = await completion('bash');
});

/** What bash offers after these words; the last one is being typed. */
async function offered(words: readonly string[], cwd = '/'): Promise<readonly string[]> {
  const program = `${script}
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_bench
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await exec('bash', ['-c', program, 'completion', ...words], { cwd });
  return stdout.split('\n').filter((word) => word !== '');
}

test('the script is bash, and completes for bench', async () => {
  const { stderr } = await exec('bash', ['-n', '-c', script]);
  expect(stderr).toBe('');
  const { stdout } = await exec('bash', ['-c', `${script}\ncomplete -p bench`]);
  expect(stdout).toBe('complete -F _bench bench\n');
});

test('commands, options, values and lists are completed', async () => {
  expect(await offered(['bench', ''])).toEqual([...commandNames, '--help', '--version']);
  expect(await offered(['bench', 'compl'])).toEqual(['completion']);
  expect(await offered(['bench', 'run', '--pr'])).toEqual(['--profile', '--precision', '--probes']);
  expect(await offered(['bench', 'run', '--no-e'])).toEqual(['--no-exchange-cpus']);
  expect(await offered(['bench', 'plan', '--mode', 'b'])).toEqual(['bridge']);
  expect(await offered(['bench', 'plan', '-m', 'host,m'])).toEqual(['host,mapped', 'host,macvlan']);
  expect(await offered(['bench', 'run', '--color', 'a'])).toEqual(['auto', 'always']);
  expect(await offered(['bench', 'run', '--rounds', ''])).toEqual([]);
  expect(await offered(['bench', 'help', 'wor'])).toEqual(['words']);
  expect(await offered(['bench', 'clean', '--dry-run', '--f'])).toEqual(['--force']);
});

test("plans are completed, bench's own and those of the config", async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-completion-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'bench.config.yaml'), 'plans:\n  checkout: {}\n  search: {}\n');
  const { outside, told } = tellingOutside({ directory });
  expect(await cli(['completion', 'plans'], outside)).toBe(0);
  expect(told.stdout).toBe('checkout\nsearch\n');
  // The script calls bench as the user does.
  const called = join(directory, 'bench');
  const asked = '[ "$*" = "completion plans" ] && printf "checkout\\nsearch\\n"';
  await writeFile(called, `#!/bin/sh\n${asked}\n`, { mode: 0o755 });
  expect(await offered([called, 'run', '--plan', ''], directory)).toEqual([
    ...planNames,
    'checkout',
    'search',
  ]);
  expect(await offered([called, 'run', '--plan', 'wa'], directory)).toEqual(['waterfall']);
  // Where bench cannot be called, its own plans are known.
  expect(await offered(['/nonexistent/bench', 'plan', '--plan', 'q'])).toEqual(['quick']);
});

test('without a config there is nothing to add to them', async () => {
  const { outside, told } = tellingOutside({ directory: '/nonexistent' });
  expect(await cli(['completion', 'plans'], outside)).toBe(0);
  expect(told.stdout).toBe('');
});

test('runs are completed from the results, also where --out says they are', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-completion-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const run = '20261120T093220Z-k3f9';
  await mkdir(join(directory, 'results', run), { recursive: true });
  await mkdir(join(directory, 'elsewhere', '20270101T000000Z-aaaa'), { recursive: true });
  expect(await offered(['bench', 'report', ''], directory)).toEqual(['latest', run]);
  expect(await offered(['bench', 'report', '--out', 'elsewhere', '2'], directory)).toEqual([
    '20270101T000000Z-aaaa',
  ]);
  await writeFile(join(directory, 'nothing'), '');
  expect(await offered(['bench', 'report', '--out', 'nothing', ''], directory)).toEqual([]);
});

test('zsh and fish have every command and option with its purpose', async () => {
  const zsh = await completion('zsh');
  expect(zsh).toMatch(/^#compdef bench\n/);
  expect(zsh).toContain("'*--mode[Network modes.]:value:_sequence compadd - native");
  expect(zsh).toContain("'--no-exchange-cpus[");
  expect(zsh).toContain("'*--plan[A set of options by its name, such as quick.]:value:_bench_plans'");
  const fish = await completion('fish');
  expect(fish).toContain(
    "complete -c bench -n __fish_use_subcommand -a clean -d 'Remove what runs left behind",
  );
  expect(fish).toContain(
    "complete -c bench -n '__fish_seen_subcommand_from run' -l mode -s m -d 'Network modes.'",
  );
  for (const name of commandNames) {
    expect(zsh).toContain(`\n    ${name})\n`);
    expect(fish).toContain(` -a ${name} -d `);
  }
});

test('a shell that is none of these is refused', async () => {
  const { outside, told } = tellingOutside();
  expect(await cli(['completion', 'zhs'], outside)).toBe(2);
  expect(told.stderr).toBe(
    'bench: no completion for the shell \'zhs\'\n  did you mean "zsh"? Shells: bash, zsh, fish\n  see bench completion --help\n',
  );
});
