/**
 * An option of a command that is no part of a plan. From its row come the flag, its help and its variable.
 * This table loads no library: `bench --help` reads it.
 */
interface Row {
  /** In commander's notation: `-y, --yes` or `--out <directory>`. */
  readonly flags: string;
  readonly says: string;
  /** The default, in words. */
  readonly default?: string;
  readonly variable?: `BENCH_${Uppercase<string>}`;
  readonly group: (typeof commandGroups)[number];
}

const commandGroups = ['Output', 'This machine'] as const;

export const commandOptions = {
  json: {
    flags: '--json',
    says: 'Print exactly one JSON document.',
    group: 'Output',
  },
  out: {
    flags: '--out <directory>',
    says: 'Where run folders are.',
    default: 'results',
    variable: 'BENCH_OUT',
    group: 'Output',
  },
  explain: {
    flags: '--explain [figure]',
    says: 'How a figure was computed, and from which slices: an overhead is server:profile:path:metric. Without a figure, or with a part of a name: which there are.',
    group: 'Output',
  },
  calibrations: {
    flags: '--calibrations <directory>',
    says: 'Where calibrations are kept.',
    default: '~/.local/state/bench/calibrations',
    variable: 'BENCH_CALIBRATIONS',
    group: 'Output',
  },
  lab: {
    flags: '--lab',
    says: "Use bench's own engine, in a network stack of its own, whatever engine answers.",
    default: 'only where no engine answers',
    variable: 'BENCH_LAB',
    group: 'This machine',
  },
  setup: {
    flags: '--setup',
    says: 'Install the packages of an engine from the distribution if none answers; starts no service.',
    group: 'This machine',
  },
  yes: {
    flags: '-y, --yes',
    says: "Install the distribution's packages where they are needed.",
    group: 'This machine',
  },
  subnet: {
    flags: '--subnet <cidr>',
    says: 'A /24 for the networks that bench makes.',
    default: 'a free one of 198.18.0.0/15',
    variable: 'BENCH_SUBNET',
    group: 'This machine',
  },
  openFirewall: {
    flags: '--open-firewall',
    says: "Let the run's link and bridges through the host's firewall; closed again after the run.",
    group: 'This machine',
  },
  wait: {
    flags: '--wait',
    says: 'Wait until nobody else measures on the engine; without it, the run is refused.',
    group: 'This machine',
  },
  guard: {
    flags: '--no-guard',
    says: "Make no table of the run's own in the host's firewall: your network's neighbors then reach the servers.",
    group: 'This machine',
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
  },
  images: {
    flags: '--images',
    says: 'Also remove the lab images that nothing uses, and their base.',
    group: 'This machine',
  },
  all: {
    flags: '--all',
    says: "Remove the lab images as --images does, and bench's own directories on this machine.",
    group: 'This machine',
  },
} as const satisfies Record<string, Row>;

export type CommandOptionKey = keyof typeof commandOptions;
export type CommandOption = Row;

type Rows = typeof commandOptions;
/** Options that can also be given by a variable. */
export type WithVariable = {
  [K in CommandOptionKey]: Rows[K] extends { readonly variable: string } ? K : never;
}[CommandOptionKey];

/** Variables without a flag, with their purpose. BENCH_BOX is the Vagrantfile's. */
export const variablesAlone = {
  BENCH_ENGINE_TIMEOUT: 'Seconds that the engine may take for one answer (default: 60).',
  BENCH_DEBUG: 'Print stack traces.',
  BENCH_STATE_DIR: 'Where a lab keeps its images.',
  BENCH_RUN_DIR: 'Where a lab lives.',
  BENCH_BOX: 'The image of the Vagrantfile.',
} as const;
