import { Failure } from '../../bench/model/failure.ts';
import { type Commander, hasProgram } from './command.ts';

/** Installs packages of the distribution. Made only when the user allowed it (`--setup`, `setup --yes`). */
export interface Packages {
  install(names: readonly string[]): Promise<void>;
}

/** What brings an engine on Debian and Ubuntu. */
export const enginePackages = [
  'docker.io',
  'iptables',
  'iproute2',
  'slirp4netns',
  'ca-certificates',
] as const;

/** The command that `install` stands for, to be shown to a user. */
export function installCommand(names: readonly string[]): string {
  return `apt-get update && apt-get install -y --no-install-recommends ${names.join(' ')}`;
}

/** @param uid of this process: only root may install. */
export function aptPackages(
  commander: Commander,
  say: (line: string) => void,
  uid = process.getuid?.(),
): Packages {
  return {
    async install(names) {
      if (!(await hasProgram(commander, 'apt-get'))) {
        throw new Failure('unfit', `bench installs packages on Debian and Ubuntu only (no apt-get here)`, {
          hint: `Install by your distribution's means: ${names.join(' ')}. Then run bench again.`,
        });
      }
      if (uid !== 0) {
        throw new Failure('unfit', `installing ${names.join(', ')} needs root`, {
          hint: `Run: sudo sh -c '${installCommand(names)}'`,
        });
      }
      say(`installing ${names.join(', ')} from the distribution`);
      const env = { DEBIAN_FRONTEND: 'noninteractive' };
      const update = await commander.run('apt-get', ['update', '-qq'], { env, timeoutSeconds: 300 });
      const install = await commander.run(
        'apt-get',
        ['install', '-y', '-qq', '--no-install-recommends', ...names],
        { env, timeoutSeconds: 900 },
      );
      if (install.exitCode !== 0) {
        const errors = `${update.stderr}\n${install.stderr}`
          .split('\n')
          .filter((line) => line.startsWith('E:'));
        throw new Failure(
          'unfit',
          `the package mirror did not give ${names.join(', ')}: ${errors.at(-1) ?? install.stderr.trim()}`,
          {
            hint: `Try by hand: ${installCommand(names)}`,
          },
        );
      }
    },
  };
}
