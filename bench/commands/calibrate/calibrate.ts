import { basename } from 'node:path';
import { exitCodes, Failure } from '../../model/failure.ts';
import type { Plan } from '../../model/plan.ts';
import type { Outside } from '../../outside.ts';
import { readConfig } from '../../plan/config-file.ts';
import { resolvePlan } from '../../plan/resolve-plan.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import type { CommandRunner, Invocation } from '../command.ts';
import { documentText } from '../documents.ts';
import { type EngineAccess, engineAccess } from '../engine/open-engine.ts';
import { assertWritable, resultsDirectory, wantedSubnet } from '../places.ts';
import { endedEarly, measure } from '../run/measure.ts';
import { calibrationsDirectory, keepCalibration } from './calibration-file.ts';
import { calibrationOf } from './calibration-of.ts';
import { calibrationText } from './calibration-text.ts';

/** About as long as a run of the default plan. */
const defaultTime = '4m';

/**
 * `bench calibrate`: measures identical servers against each other for a while, and keeps what the results
 * say about this machine. The run is an ordinary run that contains only twins.
 */
export const calibrate: CommandRunner = async ({ flags }, outside) => {
  const startedAt = outside.clock.monotonicSeconds();
  const plan = await calibrationPlan(flags, outside);
  const say = (line: string) => outside.stderr.write(`${line}\n`);
  const interrupted = outside.catchInterrupts();
  const access: EngineAccess = {
    ...engineAccess(flags, outside, { interrupted, install: flags['setup'] === true }),
    userlandProxy: plan.userlandProxy,
  };
  const results = resultsDirectory(flags, outside);
  const calibrations = calibrationsDirectory(flags, outside);
  await Promise.all([assertWritable(results), assertWritable(calibrations)]);
  const wait = flags['wait'] === true;
  const measuring = { results, subnet: wantedSubnet(flags, outside), startedAt, access, wait };
  const { directory, collected } = await measure(plan, measuring, outside);
  if (collected.failure !== undefined) throw endedEarly(collected.failure, directory);
  if (collected.state === 'partial') {
    throw new Failure('interrupted', 'interrupted: bench did not save the calibration', {
      hint: `The measured data is in ${directory}.`,
    });
  }
  const calibration = calibrationOf(await readRunFolder(directory), directory);
  if (calibration.noise.length === 0) {
    throw new Failure('casesFailed', 'fewer than two rounds count: there is no result', {
      hint: `Give it more time (--time 5m). To see why rounds were discarded: bench report ${directory}`,
    });
  }
  const path = await keepCalibration(calibrations, calibration, outside.disk);
  outside.stdout.write(
    flags['json'] === true ? documentText('calibrate-output', calibration) : calibrationText(calibration),
  );
  say(`saved in ${path}; bench plan and bench doctor use it`);
  return exitCodes.ok;
};

/**
 * A plan of twins only. Plans and paths that variables or a config choose are ignored. Settings for other paths
 * are ignored, too.
 */
export async function calibrationPlan(flags: Invocation['flags'], outside: Outside): Promise<Plan> {
  const config = await readConfig(outside.directory);
  return resolvePlan(
    {
      flags: {
        ...flags,
        plan: 'default',
        mode: ['host'],
        path: undefined,
        time: flags['time'] ?? defaultTime,
      },
      env: outside.env,
      ...(config === undefined ? {} : { config: config.config, configFile: basename(config.file) }),
    },
    outside.random,
  );
}
