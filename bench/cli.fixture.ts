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
    clock: { now: () => new Date(0), monotonicSeconds: () => 0 },
  });
  const exitCode = await cli(argv, outside);
  return { exitCode, ...told };
}
