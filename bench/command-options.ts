import { exportFormats } from './model/export-format.ts';

/** Headings of the help, in their order. */
export const optionGroups = [
  'What to measure',
  'Your service',
  'How long',
  'Load',
  'Slices and order',
  'Output',
  'This machine',
] as const;
export type OptionGroup = (typeof optionGroups)[number];

/** What may stand after an option, for shell completion. */
export type OptionValues =
  /** One of these words, or a list of them with commas. */
  { readonly words: readonly string[]; readonly list?: true } | 'directory' | 'file' | 'run' | 'plan';

/** An option as help, completion, man page and the page of all options show it. */
export interface OptionRow {
  /** In commander's notation: `-y, --yes` or `--out <directory>`. */
  readonly flags: string;
  /** Its purpose, in one short sentence. */
  readonly says: string;
  /** What else there is to know: for `--help-all` and the man page. */
  readonly more?: string;
  /** The default, in words. */
  readonly default?: string;
  readonly variable?: string;
  /** Its key in bench.config.*. */
  readonly config?: string;
  readonly group: OptionGroup;
  /** Shown by `--help-all` alone. */
  readonly expert?: true;
  /** Also has a `--no-` form. */
  readonly negatable?: true;
  readonly values?: OptionValues;
}

/**
 * The options of commands that are no part of a plan. From its row come the flag, its help and its variable.
 * This table loads no library: `bench --help` reads it.
 */
export const commandOptions = {
  out: {
    flags: '--out <directory>',
    says: 'Where run folders are.',
    default: 'results',
    variable: 'BENCH_OUT',
    group: 'Output',
    values: 'directory',
  },
  json: {
    flags: '--json',
    says: 'Print exactly one JSON document.',
    group: 'Output',
  },
  all: {
    flags: '--all',
    says: 'Print every figure, note and warning.',
    group: 'Output',
  },
  against: {
    flags: '--against <run>',
    says: 'What maxRegression compares with: history, or a run.',
    more: 'A run is an id or an end of it, its folder, or a file in it. history: all runs before it in the same results.',
    default: 'history',
    group: 'What to measure',
    values: 'run',
  },
  confirm: {
    flags: '--confirm',
    says: 'Measure what fails again, at once.',
    more: 'A new run of the failing servers, paths and profiles alone, by the plan of the run. A check fails only if both runs agree.',
    group: 'What to measure',
  },
  junit: {
    flags: '--junit <file>',
    says: 'Also write a JUnit report: a test for each check.',
    group: 'Output',
    values: 'file',
  },
  strict: {
    flags: '--strict',
    says: 'Exit with 11 where an assertion is open or untrusted.',
    group: 'Output',
  },
  open: {
    flags: '--open',
    says: 'Open the report when it is written.',
    more: 'xdg-open does that, or open on macOS. Where there is none, bench says where the report is.',
    group: 'Output',
  },
  picture: {
    flags: '--picture',
    says: 'Also write the first screen as a picture.',
    more: 'The files are report.svg and report.png, for chats and READMEs.',
    group: 'Output',
  },
  markdown: {
    flags: '--markdown',
    says: 'Print Markdown, for job summaries and pull requests.',
    group: 'Output',
  },
  html: {
    flags: '--html <file>',
    says: 'Also write a page with charts.',
    more: 'It is one file that loads nothing and runs no script.',
    group: 'Output',
    values: 'file',
  },
  format: {
    flags: '--format <name>',
    says: `The format: ${Object.keys(exportFormats).join(', ')}.`,
    more: `${Object.entries(exportFormats)
      .map(([name, { says }]) => `${name}: ${says}.`)
      .join(' ')} More in bench/docs/formats.md.`,
    group: 'Output',
    values: { words: Object.keys(exportFormats) },
  },
  output: {
    flags: '-o, --output <file>',
    says: 'The file to write.',
    default: 'stdout',
    group: 'Output',
    values: 'file',
  },
  figure: {
    flags: '--figure <text>',
    says: 'Only figures with this text in their name, e.g. nginx:latency.',
    more: 'bench report --explain lists the names.',
    group: 'Output',
  },
  undeclared: {
    flags: '--all',
    says: 'Also comparisons that were not declared.',
    more: 'Formats of tools that raise alerts leave them out: they have no verdict.',
    group: 'Output',
  },
  explain: {
    flags: '--explain [figure]',
    says: 'How a figure was computed, and from which slices.',
    more: 'An overhead is server:profile:path:metric. Without a figure, or with a part of a name: which there are.',
    group: 'Output',
  },
  verbose: {
    flags: '--verbose',
    says: 'List the cases with their checks, and the source of each value.',
    group: 'Output',
  },
  quiet: {
    flags: '-q, --quiet',
    says: 'Print only the result and errors.',
    more: 'It prints no progress and no warnings.',
    group: 'Output',
  },
  color: {
    flags: '--color <when>',
    says: 'When to colour: auto, always or never.',
    more: 'auto colours on a terminal. NO_COLOR and FORCE_COLOR are respected.',
    default: 'auto',
    expert: true,
    group: 'Output',
    values: { words: ['auto', 'always', 'never'] },
  },
  calibrations: {
    flags: '--calibrations <directory>',
    says: 'Where calibrations are kept.',
    default: '~/.local/state/bench/calibrations',
    variable: 'BENCH_CALIBRATIONS',
    group: 'Output',
    expert: true,
    values: 'directory',
  },
  setup: {
    flags: '--setup',
    says: 'Install an engine if none answers.',
    more: 'The packages come from the distribution. No service is started.',
    group: 'This machine',
  },
  yes: {
    flags: '-y, --yes',
    says: "Install the distribution's packages where they are needed.",
    group: 'This machine',
  },
  subnet: {
    flags: '--subnet <cidr>',
    says: "A /24 for bench's networks.",
    default: 'of 198.18.0.0/15',
    variable: 'BENCH_SUBNET',
    expert: true,
    group: 'This machine',
  },
  openFirewall: {
    flags: '--open-firewall',
    says: "Let the run through the host's firewall.",
    more: "Only the run's own link and bridges are let through, and only until it ends.",
    group: 'This machine',
  },
  lab: {
    flags: '--lab',
    says: "Use bench's own engine.",
    more: 'It is used whatever engine answers, and has a network stack of its own.',
    default: 'where none answers',
    variable: 'BENCH_LAB',
    group: 'This machine',
  },
  wait: {
    flags: '--wait',
    says: 'Wait for others that measure on the engine.',
    more: 'Without it, the run is refused.',
    group: 'This machine',
  },
  guard: {
    flags: '--no-guard',
    says: "Make no table of the run's own in the host's firewall.",
    more: "A neighbor that routes the run's addresses to this machine then reaches the servers.",
    group: 'This machine',
    expert: true,
  },
  dryRun: {
    flags: '--dry-run',
    says: 'Say what would be removed, and remove nothing.',
    group: 'This machine',
  },
  force: {
    flags: '--force <run>',
    says: 'Remove what the run with this id left, whether its process lives or not.',
    group: 'This machine',
    values: 'run',
  },
  images: {
    flags: '--images',
    says: 'Also remove the lab images that nothing uses, and a base that bench itself made.',
    group: 'This machine',
  },
  everything: {
    flags: '--all',
    says: "Remove the lab images as --images does, and bench's own directories on this machine.",
    group: 'This machine',
  },
  keep: {
    flags: '--keep <runs>',
    says: 'Which runs keep their slices: 30 for the newest 30, or 90d for those of 90 days.',
    group: 'Output',
  },
  man: {
    flags: '--man',
    says: 'Print the man page.',
    more: 'man -l <(bench help --man) shows it.',
    group: 'Output',
  },
} as const satisfies Record<string, OptionRow & { readonly variable?: `BENCH_${string}` }>;

export type CommandOptionKey = keyof typeof commandOptions;

type Rows = typeof commandOptions;
/** Options that can also be given by a variable. */
export type WithVariable = {
  [K in CommandOptionKey]: Rows[K] extends { readonly variable: string } ? K : never;
}[CommandOptionKey];

/** Variables without a flag, with their purpose. BENCH_BOX is the Vagrantfile's. */
export const variablesAlone = {
  BENCH_ENGINE_TIMEOUT: 'How long the engine may take for one answer: 60, 90s, 2m (default: 60).',
  BENCH_DEBUG: 'Print stack traces.',
  BENCH_STATE_DIR: 'Where a lab keeps its images (default: /var/lib/bench).',
  BENCH_RUN_DIR: 'Where a lab keeps its sockets and logs (default: /run/bench).',
  BENCH_BOX: 'The image of the Vagrantfile.',
} as const;
