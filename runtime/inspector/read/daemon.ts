import { present } from '../../../bench/model/present.ts';
import { defaultDaemonConfig, flagValues } from '../../machine/dockerd-flags.ts';
import type { DaemonSettings } from '../contract.ts';
import { type Files, ifPresent, listPids, readIfPresent } from '../files.ts';
import type { DockerRules } from './docker-rules.ts';
import { isInOwnStack } from './own-stack.ts';
import { parseProxyPort } from './proxies.ts';

/** Used unless dockerd is configured otherwise (docs.docker.com, "dockerd"). */
const defaultDataRoot = '/var/lib/docker';
const defaultPidFile = '/var/run/docker.pid';

/**
 * Settings of the dockerd whose host stack is this network stack:
 *
 *   its flags, then what it does (its docker-proxy processes, its rules), then its file, unless that is newer than itself
 *
 * A flag and the file may set the same option only if they agree: dockerd refuses to start otherwise.
 * @param dataRoot as the engine's API reports it. It identifies the daemon where there are several.
 * @returns `undefined` where no such process is visible: the engine is not Docker's, or has a machine of its
 *   own.
 */
export function readDaemon(
  files: Files,
  dataRoot: string | undefined,
  rules: DockerRules | undefined,
): DaemonSettings | undefined {
  const daemons = listPids(files)
    .filter((pid) => readIfPresent(files, `/proc/${pid}/comm`)?.trim() === 'dockerd')
    .filter(isInOwnStack(files))
    .map((pid) => readOne(files, pid));
  // With remapped users the API reports a directory one level below the daemon's.
  const own = daemons.find(
    (daemon) => dataRoot === daemon.dataRoot || dataRoot?.startsWith(`${daemon.dataRoot}/`),
  );
  const chosen = own ?? (daemons.length === 1 ? daemons[0] : undefined);
  return chosen === undefined ? undefined : settingsOf(files, chosen, rules);
}

interface Daemon {
  readonly pid: number;
  readonly args: readonly string[];
  readonly dataRoot: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly changedFile?: string;
}

function readOne(files: Files, pid: number): Daemon {
  const args = (readIfPresent(files, `/proc/${pid}/cmdline`) ?? '').split('\0').slice(1);
  const path = flagValues(args, ['--config-file']).at(-1) ?? defaultDaemonConfig;
  const own = `/proc/${pid}/root${path}`;
  const config = parseConfig(readIfPresent(files, own));
  const dataRoot = flagValues(args, ['-g', '--graph', '--data-root']).at(-1) ?? config['data-root'];
  const writtenAt = ifPresent(() => files.writtenAt(own));
  const startedAt = startOf(files, pid, flagValues(args, ['-p', '--pidfile']).at(-1) ?? config['pidfile']);
  const changed = writtenAt !== undefined && startedAt !== undefined && writtenAt > startedAt;
  return {
    pid,
    args,
    dataRoot: typeof dataRoot === 'string' ? dataRoot : defaultDataRoot,
    config,
    ...(changed ? { changedFile: path } : {}),
  };
}

/**
 * Time at which the daemon had read its configuration, in seconds of the wall clock. The daemon writes its
 * pid file right after that (moby, cmd/dockerd/daemon.go). `undefined` where the pid file is not visible.
 */
function startOf(files: Files, pid: number, pidFile: unknown): number | undefined {
  const path = typeof pidFile === 'string' ? pidFile : defaultPidFile;
  // The directory is most often a link to /run. The link would be followed in the reader's own root.
  return ifPresent(() => files.writtenAt(`/proc/${pid}/root${path.replace(/^\/var\/run\//, '/run/')}`));
}

function settingsOf(
  files: Files,
  { pid, args, config, changedFile }: Daemon,
  rules: DockerRules | undefined,
): DaemonSettings {
  const says = (name: string): boolean | undefined => {
    const value = config[name];
    return changedFile === undefined && typeof value === 'boolean' ? value : undefined;
  };
  // Both are on by default. If the file has changed since, its earlier contents may have switched them off.
  const usual = changedFile === undefined ? true : undefined;
  const seenProxy = hasProxy(files, pid) ? true : rules?.userlandProxy;
  const userlandProxy = switchFlag(args, 'userland-proxy') ?? seenProxy ?? says('userland-proxy') ?? usual;
  const iptables = switchFlag(args, 'iptables') ?? says('iptables') ?? usual ?? rules?.written;
  const ip6tables = switchFlag(args, 'ip6tables') ?? says('ip6tables');
  return {
    pid,
    ...present({ userlandProxy, iptables, ip6tables, changedFile }),
  };
}

/** Whether a docker-proxy runs that this daemon started. */
function hasProxy(files: Files, daemon: number): boolean {
  const children = (ifPresent(() => files.list(`/proc/${daemon}/task`)) ?? []).flatMap((thread) =>
    (readIfPresent(files, `/proc/${daemon}/task/${thread}/children`) ?? '').trim().split(/\s+/),
  );
  return children.some(
    (pid) => parseProxyPort(readIfPresent(files, `/proc/${pid}/cmdline`) ?? '') !== undefined,
  );
}

function parseConfig(text: string | undefined): Record<string, unknown> {
  try {
    const config: unknown = JSON.parse(text ?? '{}');
    return typeof config === 'object' && config !== null ? { ...config } : {};
  } catch {
    return {}; // dockerd read it when it started; it has been damaged since
  }
}

/** `--name`, `--name=true` or `--name=false`, in any of the spellings that Go's strconv.ParseBool takes. */
function switchFlag(args: readonly string[], name: string): boolean | undefined {
  const last = args.findLast((arg) => arg === `--${name}` || arg.startsWith(`--${name}=`));
  if (last === undefined) return undefined;
  return !/=(0|f|false)$/i.test(last);
}
