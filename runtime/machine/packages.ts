import { Failure } from '../../bench/model/failure.ts';
import { throwIfInterrupted } from '../../bench/model/go-on.ts';
import { type Commander, hasProgram } from './command.ts';

/** Installs packages of the distribution. Made only when the user allowed it (`--setup`, `setup --yes`). */
export interface Packages {
  install(names: readonly string[]): Promise<void>;
}

/** The packages that install an engine on Debian and Ubuntu. */
export const enginePackages = [
  'docker.io',
  'iptables',
  'iproute2',
  'slirp4netns',
  'ca-certificates',
] as const;

/** Services that these packages bring, and that their installation would enable and start. */
const services = ['docker.service', 'docker.socket', 'containerd.service'] as const;

/**
 * Runs apt-get with systemd hidden, so that no package starts its service. Debian's maintainer scripts start
 * a service only if /run/systemd/system exists (deb-systemd-invoke(1p)). The mount is removed when the
 * command ends.
 */
const withoutServices = [
  '--mount',
  'sh',
  '-c',
  '[ ! -d /run/systemd/system ] || mount -t tmpfs bench /run/systemd; exec apt-get "$@"',
  'apt-get',
] as const;

/** The command that is equivalent to `install`, for messages to a user. */
export function installCommand(names: readonly string[]): string {
  return `apt-get update && apt-get install -y --no-install-recommends ${names.join(' ')}`;
}

/**
 * @param interrupted ends the waiting but never apt: an interrupted apt leaves packages half configured.
 * @param uid of this process: only root may install.
 */
export function aptPackages(
  commander: Commander,
  say: (line: string) => void,
  interrupted: AbortSignal,
  uid = process.getuid?.(),
): Packages {
  return {
    async install(names) {
      if (!(await hasProgram(commander, 'apt-get'))) {
        throw new Failure('unfit', `bench installs packages on Debian and Ubuntu only (no apt-get here)`, {
          hint: `Install these packages with your distribution's package manager: ${names.join(' ')}. Then run bench again.`,
        });
      }
      if (uid !== 0) {
        throw new Failure('unfit', `installing ${names.join(', ')} needs root`, {
          hint: `Run: sudo sh -c '${installCommand(names)}'`,
        });
      }
      say(`installing ${names.join(', ')} from the distribution`);
      const apt = async (command: string, args: readonly string[], timeoutSeconds: number) => {
        throwIfInterrupted(interrupted);
        const env = { DEBIAN_FRONTEND: 'noninteractive' };
        const options = { env, timeoutSeconds, signal: interrupted, undisturbed: true };
        const result = await commander.run(command, args, options);
        if (interrupted.aborted && result.exitCode !== 0) say(lastLine(result.stderr));
        throwIfInterrupted(interrupted);
        return result;
      };
      const before = await enabledServices(commander);
      const update = await apt('apt-get', ['update', '-qq'], 300);
      const install = await apt(
        'unshare',
        [...withoutServices, 'install', '-y', '-qq', '--no-install-recommends', ...names],
        900,
      );
      const enabled = (await enabledServices(commander)).filter((name) => !before.includes(name));
      if (enabled.length > 0) {
        await commander.run('systemctl', ['disable', ...enabled]);
        say(
          `bench did not start or enable the engine's service. To use it: systemctl enable --now ${enabled.join(' ')}`,
        );
      }
      if (install.exitCode !== 0) {
        const errors = `${update.stderr}\n${install.stderr}`
          .split('\n')
          .filter((line) => line.startsWith('E:'));
        throw new Failure(
          'unfit',
          `the package mirror did not deliver ${names.join(', ')}: ${errors.at(-1) ?? lastLine(install.stderr)}`,
          {
            hint: `Try it yourself: ${installCommand(names)}`,
          },
        );
      }
    },
  };
}

/** The engine's services that start with the machine. None if there is no systemd. */
async function enabledServices(commander: Commander): Promise<readonly string[]> {
  const enabled: string[] = [];
  for (const name of services) {
    const { exitCode } = await commander.run('systemctl', ['is-enabled', '--quiet', name]);
    if (exitCode === 0) enabled.push(name);
  }
  return enabled;
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}
