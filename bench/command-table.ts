import type { CommandOptionKey } from './command-options.ts';
import type { PlanOptionKey } from './plan/options.ts';

/** A command as help, completion and man page show it. */
export interface CommandRow {
  readonly name: string;
  /** The operand after its name, in commander's notation, with its description. */
  readonly operand?: readonly [string, string];
  /** Its purpose, in one sentence that begins with a verb. */
  readonly says: string;
  /** What else a reader of its help should know first. */
  readonly more?: string;
  readonly options: readonly CommandOptionKey[];
  /** Which options of a plan it takes. */
  readonly planOptions?: 'all' | readonly PlanOptionKey[];
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** For shell completion of its operand. */
  readonly operandValues?: readonly string[] | 'run' | 'command' | 'mode';
  /** It measures and finds nothing: a mistyped variable does not matter to it. */
  readonly ignoresVariables?: true;
  /** Its short help lists bench's own plans. */
  readonly listsPlans?: true;
}

const ofMachine = ['setup', 'subnet', 'openFirewall', 'lab', 'wait', 'guard'] as const;

/** In the order of the help. This table loads no library: `bench --help` reads it. */
const rows = [
  {
    name: 'run',
    says: 'Measure what each network mode costs, and write a report.',
    more: 'Default: nginx and Apache, host against bridge and mapped, seen by a client over a virtual link, about 4 minutes.',
    options: ['out', 'json', 'all', 'open', 'picture', 'quiet', 'color', ...ofMachine],
    planOptions: 'all',
    examples: [
      ['bench run', 'the default comparison'],
      ['bench run -s nginx -m bridge', 'one server, bridge against host'],
      ['bench run --precision 1%', 'until main results are known to ±1%'],
      ['bench run --image my/app:1.2 --port 8080', 'your own service'],
    ],
  },
  {
    name: 'init',
    says: 'Write a bench.config.yaml with every option and its default, as comments.',
    options: ['json'],
    examples: [['bench init', 'a config to edit, in this directory; an existing one is kept']],
  },
  {
    name: 'plan',
    says: 'Say what a run would do and how long it would take, measuring nothing.',
    options: ['out', 'json', 'verbose', 'quiet', 'calibrations', ...ofMachine],
    planOptions: 'all',
    listsPlans: true,
    examples: [
      ['bench plan --plan quick', 'what that plan stands for, and how long it would take'],
      ['bench plan --plan waterfall', 'what that run would measure and create'],
      ['bench plan --time 10m', 'how tight the intervals become in ten minutes'],
    ],
  },
  {
    name: 'report',
    operand: ['[run]', 'a run id or an end of it, a path, or latest (the default)'],
    operandValues: 'run',
    says: "Make a run's reports again from its data.",
    options: ['explain', 'out', 'json', 'all', 'open', 'picture', 'quiet', 'color'],
    examples: [
      ['bench report', 'the reports of the last run'],
      ['bench report k3f9 --open', 'those of the run whose id ends so, in the browser'],
      ['bench report --explain', 'which figures can be explained'],
    ],
  },
  {
    name: 'compare',
    operand: [
      '<run...>',
      'two runs or more: ids or ends of them, paths, or latest; the first is the reference',
    ],
    operandValues: 'run',
    says: 'Say how the overheads of runs differ, and what several runs have in common.',
    more: 'Overheads compare across machines. Absolute figures are shown only where environments and methods are the same.',
    options: ['out', 'json', 'markdown', 'html', 'all', 'color'],
    examples: [
      ['bench compare k3f9 latest', 'the last run against the one whose id ends so'],
      ['bench compare A B C --html compare.html', 'three runs, and what they have in common, as a page'],
      ['bench compare A B --markdown', 'for a job summary or a pull request'],
    ],
  },
  {
    name: 'gate',
    operand: ['[run]', 'a run id or an end of it, a path, or latest (the default)'],
    operandValues: 'run',
    says: 'Say whether a run keeps what gate: in the config asserts, by its exit code.',
    more: 'Exit code 0: no assertion fails; 10: one does; 11 with --strict: one is open or untrusted. The options below "This machine" are for --confirm.',
    options: ['against', 'confirm', 'strict', 'junit', 'out', 'json', 'all', 'quiet', ...ofMachine],
    examples: [
      ['bench gate', 'the last run, against all runs before it'],
      ['bench gate --confirm', 'what fails is measured again, and fails only if both runs agree'],
      ['bench gate --against k3f9', 'against one run'],
      ['bench gate --against baseline/summary.json', 'against run.json and summary.json of a committed run'],
    ],
  },
  {
    name: 'export',
    operand: ['[run...]', 'runs: an id or an end of it, a path, or latest (the default)'],
    operandValues: 'run',
    says: 'Write the figures of runs in the format of another tool.',
    options: ['format', 'output', 'figure', 'undeclared', 'out', 'quiet'],
    examples: [
      ['bench export --format openmetrics', 'the last run, for Prometheus'],
      ['bench export results/2* --format csv-wide -o runs.csv', 'all runs, for Apache Otava'],
      ['bench export k3f9 --format badge --figure nginx:latency', 'what one badge shows'],
    ],
  },
  {
    name: 'history',
    operand: ['[words...]', 'html or prune, and the folder of run folders (default: that of --out)'],
    says: 'Show how overheads developed from run to run, and what the last run changed.',
    more: 'It says one line where nothing is new. html writes pages to FOLDER/history. prune removes the slices and reports of old runs.',
    options: ['out', 'json', 'all', 'keep', 'dryRun', 'quiet', 'color'],
    examples: [
      ['bench history', 'what the last run brought'],
      ['bench history --all nightly', 'all comparisons and changes of the runs in nightly'],
      ['bench history html nightly', 'pages with trends, in nightly/history'],
      ['bench history prune --keep 90d --dry-run', 'what pruning would free'],
    ],
  },
  {
    name: 'trace',
    operand: ['<url>', 'a URL or host:port, e.g. http://127.0.0.1:8080/'],
    says: 'Open a connection to a running service and say which path it took, with the evidence.',
    options: ['json'],
    examples: [['bench trace localhost:8080', 'the path that a connection to this port takes']],
  },
  {
    name: 'inspect',
    operand: ['[mode...]', 'modes to show (default: all)'],
    operandValues: 'mode',
    says: 'Show what each network mode looks like, from inside a container and from the host.',
    options: ['json', 'lab', 'subnet'],
    examples: [['bench inspect host bridge', 'two modes side by side']],
  },
  {
    name: 'calibrate',
    says: "Measure identical servers for a while: this machine's noise floor.",
    options: ['out', 'json', 'quiet', 'calibrations', 'lab', 'setup', 'subnet', 'wait'],
    planOptions: ['servers', 'profiles', 'timeSeconds'],
    examples: [['bench calibrate --time 10m', 'ten minutes of identical servers; without --time, four']],
  },
  {
    name: 'doctor',
    says: 'Say whether this machine and its engine fit, and how to mend what does not.',
    options: ['json', 'calibrations', 'lab'],
    examples: [['bench doctor', 'what helps and what hurts a measurement here']],
  },
  {
    name: 'setup',
    says: 'Get an engine and the lab image ready.',
    options: ['json', 'quiet', 'lab', 'yes'],
    examples: [['bench setup --lab --yes', "bench's own engine, with the packages that it needs"]],
  },
  {
    name: 'clean',
    says: 'Remove what runs left behind; live runs are left alone.',
    options: ['json', 'quiet', 'dryRun', 'force', 'images', 'everything'],
    examples: [['bench clean --dry-run', 'what would be removed']],
  },
  {
    name: 'completion',
    operand: ['<shell>', 'bash, zsh or fish; or plans, for the names of those in the config'],
    operandValues: ['bash', 'zsh', 'fish'],
    says: 'Print a script that completes commands, options and their values in a shell.',
    options: [],
    examples: [
      ['bench completion bash > ~/.local/share/bash-completion/completions/bench', 'for bash'],
      ['bench completion zsh > ~/.zfunc/_bench', 'for zsh, with ~/.zfunc in fpath'],
      ['bench completion fish > ~/.config/fish/completions/bench.fish', 'for fish'],
    ],
    ignoresVariables: true,
  },
  {
    name: 'help',
    operand: ['[topic]', 'a command, or words: what the words of reports and data files mean'],
    operandValues: 'command',
    says: 'Print the help of a command, what the words mean, or the man page.',
    options: ['man'],
    examples: [
      ['bench help run', 'the same as bench run --help'],
      ['bench help words', 'what round, mapped, published, … mean'],
    ],
    ignoresVariables: true,
  },
] as const satisfies readonly CommandRow[];

export type CommandName = (typeof rows)[number]['name'];
export const commandRows: readonly (CommandRow & { readonly name: CommandName })[] = rows;
export const commandNames: readonly CommandName[] = rows.map(({ name }) => name);
