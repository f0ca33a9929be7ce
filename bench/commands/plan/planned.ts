import { basename } from 'node:path';
import type { Plan } from '../../model/plan.ts';
import type { Outside } from '../../outside.ts';
import { readConfig } from '../../plan/config-file.ts';
import { offeredAnyway } from '../../plan/offered.ts';
import { resolvePlan } from '../../plan/resolve-plan.ts';
import { resultsDirectory, wantedSubnet } from '../places.ts';
import { tellWarnings } from '../tell-warnings.ts';

/** All that a command line asks of a run, checked as far as that is possible without an engine. */
interface Planned {
  readonly plan: Plan;
  readonly results: string;
  readonly subnet: string | undefined;
  readonly openFirewall: boolean;
  readonly guard: boolean;
  readonly wait: boolean;
  /** Whether the packages of an engine may be installed. */
  readonly install: boolean;
}

/**
 * What `run` does and `plan` foretells: flags, then BENCH_… variables, then bench.config.*, then defaults. What
 * one of them refuses, the other refuses as well.
 * @throws {Failure} usage
 */
export async function plannedBy(
  flags: Readonly<Record<string, unknown>>,
  outside: Outside,
): Promise<Planned> {
  const config = await readConfig(outside.directory);
  const plan = offeredAnyway(
    resolvePlan(
      {
        flags,
        env: outside.env,
        note: (leftOut) => tellWarnings([leftOut], outside.stderr),
        ...(config === undefined ? {} : { config: config.config, configFile: basename(config.file) }),
      },
      outside.random,
    ),
  );
  return {
    plan,
    results: resultsDirectory(flags, outside),
    subnet: wantedSubnet(flags, outside),
    openFirewall: flags['openFirewall'] === true,
    guard: flags['guard'] !== false,
    wait: flags['wait'] === true,
    install: flags['setup'] === true,
  };
}
