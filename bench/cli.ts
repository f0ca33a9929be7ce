import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError, Option, type Command as Program } from 'commander';
import { exitCodes, Failure } from './model/failure.ts';
import type { Outside } from './outside.ts';
import { planDefaults } from './plan/defaults.ts';

/** Flags as the parser keeps them, and what follows them. */
export type Invocation = {
  readonly flags: Readonly<Record<string, unknown>>;
  readonly operands: readonly string[];
};

/** A command: resolves to the exit code, or rejects with a `Failure`. */
export type CommandRunner = (invocation: Invocation, outside: Outside) => Promise<number>;

/**
 * Parses the arguments and runs one command. Commands are loaded when they are called, so that `--help` does not
 * wait for the engine's client or the charts.
 */
export async function cli(argv: readonly string[], outside: Outside): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const program = buildProgram(outside, (load) => async (invocation) => {
    await checkVariables(outside);
    const command = await load();
    exitCode = await command(invocation, outside);
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return exitCode;
  } catch (error) {
    const json = argv.includes('--json');
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCodes.ok;
      // commander has told it on stderr already.
      if (json) writeErrorDocument(new Failure('usage', error.message.replace(/^error: /, '')), outside);
      return exitCodes.usage;
    }
    return tellFailure(error, json, outside);
  }
}

/** Loaded late as well: `--help` reads no variables. */
async function checkVariables({ env, stderr }: Outside): Promise<void> {
  const { ignoredWords, unknownVariables } = await import('./plan/variables.ts');
  for (const name of unknownVariables(env)) stderr.write(`bench: ${ignoredWords(name)}\n`);
}

export function versionOf(installation: string): string {
  const { version } = JSON.parse(readFileSync(join(installation, 'package.json'), 'utf8'));
  return version;
}

type Runner = (load: () => Promise<CommandRunner>) => (invocation: Invocation) => Promise<void>;

function buildProgram(outside: Outside, runner: Runner): Program {
  const program = new Command('bench')
    .description(
      "What a container's network mode costs on this machine, along the path that clients take, and how sure one can be.",
    )
    .version(versionOf(outside.installation), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      '\nExit codes: 0 ok, 1 internal error, 2 usage, 3 environment not fit, 4 cases failed, 5 partial run, 130 interrupted',
    )
    .configureOutput({
      writeOut: (text) => outside.stdout.write(text),
      writeErr: (text) => outside.stderr.write(text),
    })
    .exitOverride();

  const add = (name: string, description: string, load: () => Promise<CommandRunner>) => {
    const run = runner(load);
    return program
      .command(name)
      .description(description)
      .option('--json', 'print exactly one JSON document')
      .action(async (...given: unknown[]) => {
        const command = given.at(-1);
        if (!(command instanceof Command)) throw new Error('commander calls an action with its command last');
        await run({ flags: command.opts(), operands: command.args });
      });
  };

  const run = add('run', 'measure, and write a report', async () => (await import('./commands/run.ts')).run);
  planOptions(run);
  run.option(...labOption);
  for (const option of machineOptions()) run.addOption(option);
  const plan = add(
    'plan',
    'say what a run would do, measuring nothing',
    async () => (await import('./commands/plan.ts')).plan,
  );
  planOptions(plan)
    .option(...calibrations)
    .option(...labOption);
  // Of no effect on a plan: taken so that the arguments of a run can be planned as they are.
  for (const option of machineOptions()) plan.addOption(option.hideHelp());
  add(
    'calibrate',
    "measure identical servers for a while: this machine's noise floor",
    async () => (await import('./commands/calibrate.ts')).calibrate,
  )
    .option('-s, --server <name>', 'nginx, apache (repeat, or separate by commas)', list)
    .option('-p, --profile <name>', 'latency, throughput', list)
    .option('--time <duration>', 'how long to measure (default: 4m)')
    .option('--out <directory>', 'where the run folder goes (default: results)')
    .option(...calibrations)
    .option(...labOption)
    .option(
      '--setup',
      'install the packages of an engine from the distribution if none answers; starts no service',
    )
    .option(...subnet)
    .option(...waiting);
  add('report', "make a run's reports again", async () => (await import('./commands/report.ts')).report)
    .argument('<run>', 'a run id, a path, or `latest`')
    .option(
      '--explain [figure]',
      'how a figure was computed, and from which slices: an overhead is server:profile:path:metric; without a figure, or with a part of a name, which there are',
    )
    .option('--out <directory>', 'where the results are (default: results)');
  add(
    'inspect',
    'start one container in each network mode and show what its network stack looks like, from inside and from the host',
    async () => (await import('./commands/inspect.ts')).inspect,
  )
    .argument('[mode...]', 'modes to show (default: all)')
    .option(...labOption)
    .option(...subnet);
  add(
    'trace',
    'open a connection to a running service and say which path it took, with the evidence',
    async () => (await import('./commands/trace.ts')).trace,
  ).argument('<url>', 'a URL or host:port, e.g. http://127.0.0.1:8080/');
  add(
    'doctor',
    'say whether this machine and its engine fit',
    async () => (await import('./commands/doctor.ts')).doctor,
  )
    .option(...calibrations)
    .option(...labOption);
  add(
    'setup',
    'get an engine and the lab image ready',
    async () => (await import('./commands/setup.ts')).setup,
  )
    .option('-y, --yes', "install the distribution's packages where they are needed")
    .option(...labOption);
  add(
    'clean',
    'remove what runs left behind; live runs are left alone',
    async () => (await import('./commands/clean.ts')).clean,
  )
    .option('--dry-run', 'say what would be removed, and remove nothing')
    .option('--force <run>', 'remove what the run with this id left, whether its process lives or not')
    .option('--images', 'remove the lab images that nothing uses, and their base, as well')
    .option('--all', "remove those images, and bench's own directories on this machine, as well");
  return program;
}

function list(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/** What a run does to the machine, besides what its plan says. */
function machineOptions(): readonly Option[] {
  return [
    new Option(
      '--setup',
      'install the packages of an engine from the distribution if none answers; starts no service',
    ),
    new Option(...subnet),
    new Option(
      '--open-firewall',
      "let the run's link and bridges through the host's firewall; closed again after the run",
    ),
    new Option(...waiting),
    new Option(
      '--no-guard',
      "make no table of the run's own in the host's firewall: your network's neighbors then reach the servers",
    ),
  ];
}

const labOption = [
  '--lab',
  "use bench's own engine in a network stack of its own, whatever engine answers (default: only where none does)",
] as const;

const subnet = [
  '--subnet <cidr>',
  'a /24 for the networks that bench makes; a free one of 198.18.0.0/15 by default',
] as const;

const waiting = [
  '--wait',
  'wait until nobody else measures on the engine (without it, the run is refused)',
] as const;

const calibrations = [
  '--calibrations <directory>',
  'where calibrations are kept (default: ~/.local/state/bench/calibrations)',
] as const;

/** A plan by name has some values of its own. */
function planOptions(command: Program): Program {
  const {
    rounds,
    blocks,
    sliceSeconds,
    turnSeconds,
    rampSeconds,
    warmupSeconds,
    bodyBytes,
    confidence,
    modes,
  } = planDefaults;
  return command
    .option('-s, --server <name>', 'nginx, apache (default: both; repeat, or separate by commas)', list)
    .option(
      '--plan <name>',
      'paths (every path there is), waterfall (what each layer adds), two-addresses (one port, host mode twice)',
    )
    .option(
      '-m, --mode <mode>',
      `native, host, bridge, user-bridge, mapped, macvlan, as a client over the virtual link sees them (default: ${modes.join(', ')})`,
      list,
    )
    .option('--path <id>', 'a path by its id, e.g. bridge/host/container', list)
    .option('-p, --profile <name>', 'latency, steady, throughput (default: all)', list)
    .option(
      '-r, --rounds <n>',
      `fresh deployments of every case (default: ${rounds}, or as many as its comparisons need)`,
    )
    .option('--time <duration>', 'add rounds until the time is up, e.g. 5m; with --rounds, at most as many')
    .option(
      '--precision <percentage>',
      'add rounds until each declared interval is ±this tight, e.g. 1%, or the time is up (--time, default 10m)',
    )
    .option('--blocks <n>', `recorded slices of each case in a round (default: ${blocks})`)
    .option('--slice-seconds <s>', `measured part of a slice; steady: twice that (default: ${sliceSeconds})`)
    .option(
      '--turn-seconds <s>',
      `window of a slice that takes turns with those beside it; 0: no turns (default: ${turnSeconds})`,
    )
    .option(
      '--exchange-cpus <true|false>',
      'servers and load agent change CPUs from round to round (default: true; false with native servers)',
    )
    .option('--ramp-seconds <s>', `discarded start of a slice (default: ${rampSeconds})`)
    .option(
      '--warmup-seconds <s>',
      `longest warm-up of a case's connections in a round (default: ${warmupSeconds})`,
    )
    .option(
      '--rate <requests/s>',
      'of the steady profile, equal on all paths: 12000, or nginx=12000,apache=8000 (default: auto, half of the slowest)',
    )
    .option('--body-bytes <n>', `length of the static body (default: ${bodyBytes})`)
    .option('--confidence <level>', `level of the intervals (default: ${confidence})`)
    .option('--seed <n>', 'repeats the order of another run (default: random)')
    .option(
      '--shared-port <true|false>',
      'one port for all servers, each at an address of its own (default: false)',
    )
    .option('--map-to <container>', 'a running container of yours that mapped servers join')
    .option('--userland-proxy <true|false>', 'the setting that a lab is started with')
    .option('--out <directory>', 'where run folders go (default: results)');
}

/** Every error: what happened, what to do next, and no stack unless asked for. */
function tellFailure(error: unknown, json: boolean, outside: Outside): number {
  const failure =
    error instanceof Failure
      ? error
      : new Failure(
          'internal',
          `an error that bench did not expect: ${error instanceof Error ? error.message : error}`,
          {
            hint: 'Please report it with the command you ran; BENCH_DEBUG=1 prints where it happened.',
            cause: error,
          },
        );
  if (json) writeErrorDocument(failure, outside);
  outside.stderr.write(`bench: ${failure.message}\n`);
  if (failure.hint !== undefined) outside.stderr.write(`${failure.hint.replace(/^/gm, '  ')}\n`);
  if (outside.env['BENCH_DEBUG']) {
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
      outside.stderr.write(`${cause.stack}\n`);
    }
  }
  return failure.exitCode;
}

function writeErrorDocument({ kind, message, hint, exitCode }: Failure, outside: Outside): void {
  outside.stdout.write(
    `${JSON.stringify({ error: { kind, message, hint, exit_code: exitCode } }, null, 2)}\n`,
  );
}
