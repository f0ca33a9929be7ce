import { join } from 'node:path';
import { roundSpreads } from '../../../reports/analysis/round-spreads.ts';
import { type Calibration, type MachineIdentity, sameMachine } from '../../model/calibration.ts';
import { Failure } from '../../model/failure.ts';
import type { Plan } from '../../model/plan.ts';
import type { RecordedRun } from '../../model/recorded-run.ts';
import type { Run } from '../../model/run.ts';
import { planCases } from '../../plan/cases.ts';
import { runIds } from '../../run-folder/find-run.ts';
import { readRun, readRunFolder } from '../../run-folder/read-run-folder.ts';
import { machineOf } from '../engine/this-machine.ts';
import type { KnownSpread } from './plan-prediction.ts';

/** Number of runs that are searched. Older ones are not, because each must be read. */
const newestRuns = 10;
/** A spread of fewer rounds than this may be half of the true one, or twice. */
const fewestRounds = 6;

/**
 * The known spreads of a plan's comparisons on this machine, each from the newest run in the results that
 * measured it with rounds of the same slices, else from the machine's calibration. A run is read only for
 * comparisons that no newer one has.
 */
export async function knownSpreads(
  plan: Plan,
  machine: MachineIdentity,
  results: string,
  calibration: Calibration | undefined,
): Promise<readonly KnownSpread[]> {
  const known = new Map<string, KnownSpread>();
  const learn = (spread: KnownSpread) => {
    if (!known.has(keyOf(spread))) known.set(keyOf(spread), spread);
  };
  const wanted = comparedOf(plan);
  const newest = (await runIds(results)).slice(-newestRuns).reverse();
  for (const runId of newest) {
    const missing = wanted.filter((key) => !known.has(key));
    if (missing.length === 0) break;
    const directory = join(results, runId);
    const run = await unlessUnreadable(() => readRun(directory));
    if (run === undefined || !isAlike(run, plan, machine)) continue;
    if (!comparedOf(run.plan).some((key) => missing.includes(key))) continue;
    const recorded = await unlessUnreadable(() => readRunFolder(directory));
    if (recorded !== undefined) spreadsOf(recorded).forEach(learn);
  }
  if (calibration !== undefined && sameRounds(calibration, plan)) {
    for (const { declared, rounds, server, profile, path, spread } of calibration.noise) {
      if (!declared || rounds < fewestRounds) continue;
      const source = { kind: 'calibration', runId: calibration.runId } as const;
      learn({ server, profile, path, role: 'twin', spread, source });
    }
  }
  return [...known.values()];
}

/** The comparisons of a plan that have a spread, twins included. */
function comparedOf(plan: Plan): readonly string[] {
  return planCases(plan)
    .filter(({ role }) => role !== 'baseline')
    .map(keyOf);
}

function keyOf({
  server,
  profile,
  path,
  role,
}: Readonly<Record<'server' | 'profile' | 'path' | 'role', string>>) {
  return [server, profile, path, role].join(' ');
}

function isAlike(run: Run, plan: Plan, machine: MachineIdentity): boolean {
  return sameMachine(machineOf(run.environment), machine) && sameRounds(run.plan, plan);
}

function spreadsOf(recorded: RecordedRun): readonly KnownSpread[] {
  const source = { kind: 'run', runId: recorded.run.runId } as const;
  return roundSpreads(recorded)
    .filter(({ declared, logRatios }) => declared && logRatios.length >= fewestRounds)
    .map(({ case: { server, profile, path, role }, spread }) => ({
      server,
      profile,
      path,
      role: role === 'twin' ? 'twin' : 'contender',
      spread,
      source,
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
async function unlessUnreadable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}
