import { Command, CommanderError, Option } from 'commander';
import { type CommandOptionKey, commandOptions, type OptionRow, variablesAlone } from './command-options.ts';
import { type CommandName, type CommandRow, commandNames, commandRows } from './command-table.ts';
import { type CommandRunner, versionOf } from './commands/command.ts';
import { commandHelp, rootHelp } from './commands/help/help-text.ts';
import { exitCodes, Failure } from './model/failure.ts';
import { colorChoices, type OutputWish, type Outside } from './outside.ts';

/** Loaded when it is called: `--help` does not wait for the engine's client or the charts. */
const runners: Readonly<Record<CommandName, () => Promise<CommandRunner>>> = {
  run: async () => (await import('./commands/run/run.ts')).run,
  init: async () => (await import('./commands/init/init.ts')).init,
  plan: async () => (await import('./commands/plan/plan.ts')).plan,
  report: async () => (await import('./commands/report/report.ts')).report,
  compare: async () => (await import('./commands/compare/compare.ts')).compare,
  export: async () => (await import('./commands/export/export.ts')).exportRuns,
  gate: async () => (await import('./commands/gate/gate.ts')).gate,
  history: async () => (await import('./commands/history/history.ts')).history,
  trace: async () => (await import('./commands/trace/trace.ts')).trace,
  inspect: async () => (await import('./commands/inspect/inspect.ts')).inspect,
  calibrate: async () => (await import('./commands/calibrate/calibrate.ts')).calibrate,
  doctor: async () => (await import('./commands/doctor/doctor.ts')).doctor,
  setup: async () => (await import('./commands/setup/setup.ts')).setup,
  clean: async () => (await import('./commands/clean/clean.ts')).clean,
  completion: async () => (await import('./commands/completion/completion.ts')).completion,
  help: async () => (await import('./commands/help/help.ts')).help,
};

/** Parses the arguments and runs one command. */
export async function cli(argv: readonly string[], outside: Outside): Promise<number> {
  const [word, ...rest] = helpAsFlag(argv);
  const row = commandRows.find(({ name }) => name === word);
  try {
    if (row !== undefined) return await runCommand(row, rest, outside);
    return await withoutCommand(word, rest, outside);
  } catch (error) {
    const failure = error instanceof CommanderError ? parsingFailure(error) : failureOf(error);
    tellFailure(failure, row?.name, argv.includes('--json'), outside);
    if (outside.env['BENCH_DEBUG']) tellStack(error, outside);
    return failure.exitCode;
  }
}

/** `bench help run` and `bench --help run` are `bench run --help`. */
function helpAsFlag(argv: readonly string[]): readonly string[] {
  const [first = '', second = '', ...rest] = argv;
  const isCommand = commandRows.some(({ name }) => name === second);
  if (!isCommand || !['help', '-h', '--help', '--help-all'].includes(first)) return argv;
  return [second, first === '--help-all' ? first : '--help', ...rest];
}

async function withoutCommand(
  word: string | undefined,
  rest: readonly string[],
  outside: Outside,
): Promise<number> {
  if (word !== undefined && /^(-v|-V|--version)$/.test(word)) {
    outside.stdout.write(`${versionOf(outside.installation)}\n`);
    return exitCodes.ok;
  }
  const asked = word !== undefined && /^(-h|--help|--help-all)$/.test(word);
  const stranger = asked ? rest.find((it) => !it.startsWith('-')) : word;
  if (stranger === undefined) {
    const all = word === '--help-all';
    const help = rootHelp({ ...styleOf(outside, all), variables: variablesAlone });
    (asked ? outside.stdout : outside.errors).write(help);
    return asked ? exitCodes.ok : exitCodes.usage;
  }
  throw await unknownCommand(stranger, rest);
}

/** The search for the nearest word is loaded late: `--help` does without. */
async function unknownCommand(word: string, rest: readonly string[]): Promise<Failure> {
  const { wordHint } = await import('./model/nearest.ts');
  const command = rest.find((it) => commandRows.some(({ name }) => name === it));
  if (word.startsWith('-')) {
    return new Failure('usage', `unknown option '${word}' before the command`, {
      hint:
        command === undefined
          ? `Give a command first: ${commandNames.join(', ')}`
          : `Options come after the command: bench ${command} ${word}`,
    });
  }
  return new Failure('usage', `unknown command '${word}'`, {
    hint: wordHint(word, commandNames, 'Commands'),
  });
}

async function runCommand(
  row: CommandRow & { readonly name: CommandName },
  argv: readonly string[],
  outside: Outside,
) {
  const command = await parser(row, outside);
  try {
    command.parse([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
    throw error;
  }
  const [stray] = row.operand === undefined ? command.args : [];
  if (stray !== undefined) throw await noOperand(row, stray);
  const flags = command.opts();
  const wish = await outputWish(flags);
  const told = outside.withOutputs(wish);
  if (row.ignoresVariables !== true) await checkVariables(told);
  const runner = await runners[row.name]();
  return runner({ flags, operands: command.args }, told);
}

/** Loaded late as well: `--help` reads no variables. */
async function checkVariables({ env, stderr }: Outside): Promise<void> {
  const { ignoredWords, unknownVariables } = await import('./plan/variables.ts');
  for (const name of unknownVariables(env)) stderr.write(`bench: ${ignoredWords(name)}\n`);
}

async function outputWish(flags: Readonly<Record<string, unknown>>): Promise<OutputWish> {
  const { color: asked, quiet } = flags;
  const color = colorChoices.find((choice) => choice === (asked ?? 'auto'));
  if (color !== undefined) return { color, quiet: quiet === true };
  const { wordHint } = await import('./model/nearest.ts');
  throw new Failure('usage', `--color: unknown choice "${asked}"`, {
    hint: wordHint(String(asked), colorChoices, 'Choices'),
  });
}

async function noOperand(row: CommandRow, word: string): Promise<Failure> {
  if (row.planOptions === 'all') return (await import('./plan/stray-word.ts')).strayWord(row.name, word);
  return new Failure('usage', `${row.name} takes no argument, and "${word}" was given`);
}

async function parser(row: CommandRow, outside: Outside): Promise<Command> {
  const options = await optionRows(row);
  const help = (all: boolean) => commandHelp(row, options, styleOf(outside, all));
  const command = new Command(row.name)
    .helpOption('-h, --help')
    .configureHelp({ formatHelp: () => help(false) })
    .configureOutput({ writeOut: (text) => outside.stdout.write(text), writeErr: () => {} })
    .allowExcessArguments(row.operand === undefined)
    .exitOverride();
  if (row.operand !== undefined) command.argument(row.operand[0]);
  for (const option of options) {
    const parsed = new Option(option.flags);
    const isList = typeof option.values === 'object' && option.values.list === true;
    command.addOption(isList ? parsed.argParser(listed) : parsed);
    if (option.negatable === true) command.addOption(new Option(`--no-${parsed.name()}`).hideHelp());
  }
  command.addOption(new Option('--help-all'));
  return command.on('option:help-all', () => {
    outside.stdout.write(help(true));
    throw new CommanderError(exitCodes.ok, 'bench.helpAll', 'all help is printed');
  });
}

/** Lists may be repeated. */
function listed(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}

/**
 * The options of a command. Those of a plan are made of a table that loads the library that checks them: it is
 * loaded only for a command that has them.
 */
async function optionRows(row: CommandRow): Promise<readonly OptionRow[]> {
  const own = row.options.map((key: CommandOptionKey): OptionRow => commandOptions[key]);
  if (row.planOptions === undefined) return own;
  const { planOptionRows } = await import('./plan/option-rows.ts');
  return [...planOptionRows(row.planOptions), ...own];
}

function styleOf({ asCalled, stdout }: Outside, all: boolean) {
  return { asCalled, columns: stdout.columns, all };
}

/** commander's message, with its suggestion as the hint. */
function parsingFailure({ message }: CommanderError): Failure {
  const [what = '', suggestion] = message.replace(/^error: /, '').split('\n');
  const hint = suggestion?.replace(/^\(Did you mean (.*)\)$/, 'did you mean $1');
  return new Failure('usage', what, hint === undefined ? {} : { hint });
}

function failureOf(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const what = error instanceof Error ? error.message : error;
  return new Failure('internal', `an error that bench did not expect: ${what}`, {
    hint: 'Please report it with the command you ran; BENCH_DEBUG=1 prints where it happened.',
    cause: error,
  });
}

/**
 * Reports every error in one form: what happened, what to do, and where to look further. With --json the same
 * is one document on stdout.
 */
function tellFailure(failure: Failure, command: string | undefined, json: boolean, outside: Outside): void {
  const { kind, message, exitCode } = failure;
  const hint = [failure.hint, whereToLook(failure, command)].filter((it) => it !== undefined).join('\n');
  if (json) {
    const error = {
      kind,
      message,
      ...(hint === '' ? {} : { hint: outside.asCalled(hint) }),
      exit_code: exitCode,
    };
    outside.stdout.write(`${JSON.stringify({ error }, null, 2)}\n`);
  }
  outside.errors.write(`bench: ${message}\n`);
  if (hint !== '') outside.errors.write(`${hint.replace(/^/gm, '  ')}\n`);
}

/** Errors of usage end with the help. Others say themselves what to do; one that does not leads to the doctor. */
function whereToLook({ kind, hint }: Failure, command: string | undefined): string | undefined {
  if (kind === 'usage') return command === undefined ? 'see bench help' : `see bench ${command} --help`;
  return kind === 'unfit' && hint === undefined ? 'see bench doctor' : undefined;
}

function tellStack(error: unknown, { errors }: Outside): void {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    errors.write(`${cause.stack}\n`);
  }
}
