import { type Files, listPids, readIfPresent } from './files.ts';
import { isInOwnStack } from './own-stack.ts';

/** What the engine's daemon was told and its API does not tell. */
export interface DaemonSettings {
  readonly pid: number;
  readonly userlandProxy: boolean;
  /** Whether it is to write IPv6 rules; absent where nobody said so and its version decides. */
  readonly ip6tables?: boolean;
}

/** Where dockerd looks for its configuration unless told otherwise (docs.docker.com, "dockerd"). */
const defaultConfig = '/etc/docker/daemon.json';
const defaultDataRoot = '/var/lib/docker';

/**
 * Settings of the dockerd that has this network stack for its host's. A flag and the configuration file may both say
 * something only if they agree (dockerd refuses to start otherwise), so that their order does not matter.
 * @param dataRoot as the engine's API gives it: tells one daemon from another, should there be several.
 * @returns `undefined` where no such process is in sight: another engine than Docker's, or one in a machine of its own.
 */
export function readDaemon(files: Files, dataRoot: string | undefined): DaemonSettings | undefined {
  const daemons = listPids(files)
    .filter((pid) => readIfPresent(files, `/proc/${pid}/comm`)?.trim() === 'dockerd')
    .filter(isInOwnStack(files))
    .map((pid) => readOne(files, pid));
  // With remapped users the API's directory is one below the daemon's.
  const own = daemons.find(
    (daemon) => dataRoot === daemon.dataRoot || dataRoot?.startsWith(`${daemon.dataRoot}/`),
  );
  const chosen = own ?? (daemons.length === 1 ? daemons[0] : undefined);
  return chosen?.settings;
}

interface Daemon {
  readonly dataRoot: string;
  readonly settings: DaemonSettings;
}

function readOne(files: Files, pid: number): Daemon {
  const args = (readIfPresent(files, `/proc/${pid}/cmdline`) ?? '').split('\0').slice(1);
  const config = parseConfig(
    readIfPresent(files, `/proc/${pid}/root${textFlag(args, 'config-file') ?? defaultConfig}`),
  );
  const dataRoot = textFlag(args, 'data-root') ?? textFlag(args, 'g') ?? config['data-root'];
  const proxy = switchFlag(args, 'userland-proxy') ?? config['userland-proxy'];
  const ip6tables = switchFlag(args, 'ip6tables') ?? config['ip6tables'];
  return {
    dataRoot: typeof dataRoot === 'string' ? dataRoot : defaultDataRoot,
    settings: {
      pid,
      userlandProxy: typeof proxy === 'boolean' ? proxy : true,
      ...(typeof ip6tables === 'boolean' ? { ip6tables } : {}),
    },
  };
}

function parseConfig(text: string | undefined): Record<string, unknown> {
  try {
    const config: unknown = JSON.parse(text ?? '{}');
    return typeof config === 'object' && config !== null ? { ...config } : {};
  } catch {
    return {}; // dockerd read it when it started; it has been damaged since
  }
}

/** `--name value` or `--name=value`; the last one counts. */
function textFlag(args: readonly string[], name: string): string | undefined {
  return args
    .flatMap((arg, index) => {
      const [flag, ...value] = arg.split('=');
      if (flag !== `--${name}` && flag !== `-${name}`) return [];
      return value.length > 0 ? [value.join('=')] : [args[index + 1] ?? ''];
    })
    .at(-1);
}

/** `--name`, `--name=true` or `--name=false`, in any of the spellings that Go's strconv.ParseBool takes. */
function switchFlag(args: readonly string[], name: string): boolean | undefined {
  const last = args.findLast((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
  if (last === undefined) return undefined;
  return !/=(0|f|false)$/i.test(last);
}
