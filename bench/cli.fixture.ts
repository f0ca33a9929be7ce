import { cli } from './cli.ts';
import { tellingOutside } from './outside.fixture.ts';

/** The command line with these arguments, without variables, and what it prints. */
export async function bench(...argv: string[]) {
  return benchWith({}, ...argv);
}

/** The same with these variables. */
export async function benchWith(env: NodeJS.ProcessEnv, ...argv: string[]) {
  const { outside, told } = tellingOutside({
    env,
    // After the dates of all committed and simulated runs.
    clock: { now: () => new Date('2030-01-01T00:00:00Z'), monotonicSeconds: () => 0 },
  });
  const exitCode = await cli(argv, outside);
  return { exitCode, ...told };
}
