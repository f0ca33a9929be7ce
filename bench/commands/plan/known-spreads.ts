import { join } from 'node:path';
import { roundSpreads } from '../../../reports/analysis/round-spreads.ts';
import { type Calibration, type MachineIdentity, sameMachine } from '../../model/calibration.ts';
import { Failure } from '../../model/failure.ts';
import type { Plan } from '../../model/plan.ts';
import type { RecordedRun } from '../../model/recorded-run.ts';
import { runIds } from '../../run-folder/find-run.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import { machineOf } from '../engine/this-machine.ts';
import type { KnownSpread, SpreadSource } from './plan-prediction.ts';

/** Number of runs that are searched. Older ones are not, because each must be read. */
const newestRuns = 10;
/** A spread of fewer rounds than this may be half of the true one, or twice. */
const fewestRounds = 6;

/**
 * The known spread of a plan's rounds on this machine. It comes from the newest run in the results that
 * measured one of the plan's servers and profiles with rounds of the same slices, else from the machine's
 * calibration.
 */
export async function knownSpreads(
  plan: Plan,
  machine: MachineIdentity,
  results: string,
  calibration: Calibration | undefined,
): Promise<SpreadSource | undefined> {
  const newest = (await runIds(results)).slice(-newestRuns).reverse();
  for (const runId of newest) {
    const spreads = spreadsOf(await readable(join(results, runId)), plan, machine);
    if (spreads.length > 0) return { kind: 'run', runId, spreads };
  }
  if (calibration === undefined || !sameRounds(calibration, plan)) return undefined;
  const spreads = calibration.noise
    .filter(({ declared, rounds }) => declared && rounds >= fewestRounds)
    .map(
      ({ server, profile, path, spread }): KnownSpread => ({ server, profile, path, role: 'twin', spread }),
    );
  return { kind: 'calibration', runId: calibration.runId, spreads };
}

function spreadsOf(
  recorded: RecordedRun | undefined,
  plan: Plan,
  machine: MachineIdentity,
): readonly KnownSpread[] {
  if (recorded === undefined) return [];
  const { run } = recorded;
  if (!sameMachine(machineOf(run.environment), machine) || !sameRounds(run.plan, plan)) return [];
  const profiles = new Set<string>(plan.profiles.map(({ name }) => name));
  if (!run.plan.servers.some((server) => plan.servers.includes(server))) return [];
  if (!run.plan.profiles.some(({ name }) => profiles.has(name))) return [];
  return roundSpreads(recorded)
    .filter(({ declared, logRatios }) => declared && logRatios.length >= fewestRounds)
    .map(({ case: { server, profile, path, role }, spread }) => ({
      server,
      profile,
      path,
      role: role === 'twin' ? 'twin' : 'contender',
      spread,
    }));
}

type SliceShape = Pick<Plan, 'blocks' | 'sliceSeconds' | 'turnSeconds'>;

/** Rounds of other slices have another spread. */
function sameRounds(one: SliceShape, other: SliceShape): boolean {
  return (
    one.blocks === other.blocks &&
    one.sliceSeconds === other.sliceSeconds &&
    one.turnSeconds === other.turnSeconds
  );
}

/**
 * A folder that cannot be read says nothing about the machine. `bench report` reports what is wrong with it.
 */
async function readable(directory: string): Promise<RecordedRun | undefined> {
  try {
    return await readRunFolder(directory);
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
