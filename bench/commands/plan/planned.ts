import { basename } from 'node:path';
import type { Plan } from '../../model/plan.ts';
import type { Outside } from '../../outside.ts';
import { readConfig } from '../../plan/config-file.ts';
import { offeredAnyway } from '../../plan/offered.ts';
import { resolvePlan } from '../../plan/resolve-plan.ts';
import { tellWarnings } from '../tell-warnings.ts';

/** The plan of a command line: flags, then BENCH_… variables, then bench.config.*, then defaults. */
export async function plannedBy(flags: Readonly<Record<string, unknown>>, outside: Outside): Promise<Plan> {
  const config = await readConfig(outside.directory);
  return offeredAnyway(
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
}
