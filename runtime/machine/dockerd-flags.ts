/** The default path of dockerd's configuration (docs.docker.com, "dockerd"). */
export const defaultDaemonConfig = '/etc/docker/daemon.json';

/**
 * Values of a flag in dockerd's arguments, in their order: `--name value`, `--name=value`, and `-nvalue` of a short one.
 * @param names of the flag, e.g. `-H` and `--host`.
 */
export function flagValues(args: readonly string[], names: readonly string[]): readonly string[] {
  return args.flatMap((arg, index) => {
    if (names.includes(arg)) return [args[index + 1] ?? ''];
    const name = names.find((it) => arg.startsWith(`${it}=`));
    if (name !== undefined) return [arg.slice(name.length + 1)];
    const short = names.find((it) => it.length === 2 && arg.startsWith(it));
    return short === undefined ? [] : [arg.slice(short.length)];
  });
}
