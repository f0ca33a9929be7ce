import { Command, CommanderError, Option, type Command as Program } from 'commander';
import { type CommandOption, type CommandOptionKey, commandOptions } from './command-options.ts';
import { type CommandRunner, type Invocation, versionOf } from './commands/command.ts';
import { exitCodes, Failure } from './model/failure.ts';
import type { Outside } from './outside.ts';

/** A command as its help shows it, and the module that runs it. */
interface CommandRow {
  readonly name: string;
  /** The operand after its name, in commander's notation, with its description. */
  readonly operand?: readonly [string, string];
  readonly says: string;
  readonly options: readonly CommandOptionKey[];
  /** Accepted without effect, so that the arguments of a run can be planned unchanged. */
  readonly hidden?: readonly CommandOptionKey[];
  /** Which options of a plan it takes. */
  readonly planOptions?: 'all' | readonly string[];
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** Loaded when it is called: `--help` does not wait for the engine's client or the charts. */
  readonly load: () => Promise<CommandRunner>;
}

const commandRows: readonly CommandRow[] = [
  {
    name: 'run',
    says: 'measure, and write a report',
    options: ['out', 'json', 'lab', 'setup', 'subnet', 'openFirewall', 'guard', 'wait'],
    planOptions: 'all',
    examples: [
      ['bench run', 'the default comparison: nginx and Apache, host against bridge and mapped'],
      ['bench run --server nginx --mode bridge', 'one server, bridge against host'],
      ['bench run --precision 1%', 'until every declared interval is within ±1 %'],
      ['bench run --plan paths', 'every path that a client can take'],
    ],
    load: async () => (await import('./commands/run/run.ts')).run,
  },
  {
    name: 'plan',
    says: 'say what a run would do, measuring nothing',
    options: ['out', 'json', 'calibrations', 'lab'],
    hidden: ['setup', 'subnet', 'openFirewall', 'guard', 'wait'],
    planOptions: 'all',
    examples: [['bench plan --plan waterfall', 'what that run would measure, and how long it would take']],
    load: async () => (await import('./commands/plan/plan.ts')).plan,
  },
  {
    name: 'calibrate',
    says: "measure identical servers for a while: this machine's noise floor",
    options: ['out', 'json', 'calibrations', 'lab', 'setup', 'subnet', 'wait'],
    planOptions: ['servers', 'profiles', 'timeSeconds'],
    examples: [['bench calibrate --time 10m', 'ten minutes of identical servers; without --time, four']],
    load: async () => (await import('./commands/calibrate/calibrate.ts')).calibrate,
  },
  {
    name: 'report',
    operand: ['<run>', 'a run id, a path, or `latest`'],
    says: "make a run's reports again",
    options: ['explain', 'out', 'json'],
    examples: [
      ['bench report latest', 'the reports of the last run'],
      ['bench report latest --explain', 'the figures that can be explained'],
    ],
    load: async () => (await import('./commands/report/report.ts')).report,
  },
  {
    name: 'inspect',
    operand: ['[mode...]', 'modes to show (default: all)'],
    says: 'start one container in each network mode and show what its network stack looks like, from inside and from the host',
    options: ['json', 'lab', 'subnet'],
    examples: [['bench inspect host bridge', 'two modes side by side']],
    load: async () => (await import('./commands/inspect/inspect.ts')).inspect,
  },
  {
    name: 'trace',
    operand: ['<url>', 'a URL or host:port, e.g. http://127.0.0.1:8080/'],
    says: 'open a connection to a running service and say which path it took, with the evidence',
    options: ['json'],
    examples: [['bench trace localhost:8080', 'the path that a connection to this port takes']],
    load: async () => (await import('./commands/trace/trace.ts')).trace,
  },
  {
    name: 'doctor',
    says: 'say whether this machine and its engine fit',
    options: ['json', 'calibrations', 'lab'],
    examples: [['bench doctor', 'what helps and what hurts a measurement here, and how to mend it']],
    load: async () => (await import('./commands/doctor/doctor.ts')).doctor,
  },
  {
    name: 'setup',
    says: 'get an engine and the lab image ready',
    options: ['json', 'lab', 'yes'],
    examples: [['bench setup --lab --yes', "bench's own engine, with the packages that it needs"]],
    load: async () => (await import('./commands/setup/setup.ts')).setup,
  },
  {
    name: 'clean',
    says: 'remove what runs left behind; live runs are left alone',
    options: ['json', 'dryRun', 'force', 'images', 'all'],
    examples: [['bench clean --dry-run', 'what would be removed']],
    load: async () => (await import('./commands/clean/clean.ts')).clean,
  },
];

/** Parses the arguments and runs one command. */
export async function cli(argv: readonly string[], outside: Outside): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const program = await buildProgram(argv, outside, (load) => async (invocation) => {
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
      // commander has already reported it on stderr.
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

type Runner = (load: () => Promise<CommandRunner>) => (invocation: Invocation) => Promise<void>;

async function buildProgram(argv: readonly string[], outside: Outside, runner: Runner): Promise<Program> {
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
  for (const row of commandRows) {
    const run = runner(row.load);
    const command = program
      .command(row.name)
      .description(row.says)
      .addHelpText('after', `\nExamples:\n${examplesText(row.examples)}`)
      .action(async (...given: unknown[]) => {
        const called = given.at(-1);
        if (!(called instanceof Command)) throw new Error('commander calls an action with its command last');
        await run({ flags: called.opts(), operands: called.args });
      });
    if (row.operand !== undefined) command.argument(...row.operand);
    // The table of a plan's options loads the library that checks them. It is loaded only for the named
    // command.
    if (row.planOptions !== undefined && argv.includes(row.name)) {
      const { planFlags } = await import('./plan/plan-flags.ts');
      for (const option of planFlags(row.planOptions)) command.addOption(option);
    }
    for (const key of row.options) command.addOption(commandOption(key));
    for (const key of row.hidden ?? []) command.addOption(commandOption(key).hideHelp());
  }
  return program;
}

function commandOption(key: CommandOptionKey): Option {
  const { flags, says, default: usual, variable, group }: CommandOption = commandOptions[key];
  const more = [
    ...(usual === undefined ? [] : [`default: ${usual}`]),
    ...(variable === undefined ? [] : [variable]),
  ];
  const text = `${says}${more.length === 0 ? '' : ` (${more.join('; ')})`}`;
  return new Option(flags, text).helpGroup(`${group}:`);
}

function examplesText(examples: CommandRow['examples']): string {
  const width = Math.max(...examples.map(([command]) => command.length));
  return examples.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`).join('\n');
}

/** Reports every error: what happened, what to do next, and no stack unless requested. */
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
