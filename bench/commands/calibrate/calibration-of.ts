import { falseAlarms, type RoundSpread, roundSpreads } from '../../../reports/analysis/round-spreads.ts';
import { expectedHalfWidth, expectedLook } from '../../../reports/statistics/expected-width.ts';
import type { Calibration } from '../../model/calibration.ts';
import { externalPath } from '../../model/network-modes.ts';
import { pathId } from '../../model/path.ts';
import { mostRounds, type Plan } from '../../model/plan.ts';
import { present } from '../../model/present.ts';
import { loadProfiles } from '../../model/profile.ts';
import type { RecordedRun } from '../../model/recorded-run.ts';
import { planDefaults } from '../../plan/options.ts';
import { planDuration } from '../../plan/plan-duration.ts';
import { lookLevel, plannedLooks } from '../../plan/stopping.ts';
import { machineOf } from '../engine/this-machine.ts';

const drawsEach = 1_000;
const wished = 0.01;

/** The calibration of a machine from a run of twins. Pure: the same run gives the same calibration. */
export function calibrationOf(recorded: RecordedRun, directory: string): Calibration {
  const { run } = recorded;
  const { plan, timing } = run;
  const measured = { ...plan, rounds: run.stop?.rounds ?? plan.rounds };
  const { stopping: _, ...fixed } = measured;
  const twins = roundSpreads(recorded).filter((it) => it.case.role === 'twin');
  const slowness = timing === undefined ? 1 : timing.totalSeconds / planDuration(fixed).totalSeconds;
  const alarms = falseAlarms(
    twins,
    { rounds: planDefaults.rounds, drawsEach, seed: plan.seed },
    plan.confidence,
  );
  return {
    calibrationVersion: 2,
    calibratedAt: run.endedAt ?? run.startedAt,
    runId: run.runId,
    directory,
    machine: machineOf(run.environment),
    blocks: plan.blocks,
    sliceSeconds: plan.sliceSeconds,
    ...present({ turnSeconds: plan.turnSeconds }),
    rounds: measured.rounds,
    slowness,
    noise: twins.map((it) => ({
      server: it.case.server,
      profile: it.case.profile,
      path: it.case.path,
      metric: it.metric,
      declared: it.declared,
      rounds: it.logRatios.length,
      spread: it.spread,
      floor: expectedHalfWidth(it.spread, planDefaults.rounds, planDefaults.confidence),
    })),
    ...present({ falseAlarms: alarms }),
    onePerCent: twins
      .filter(({ declared }) => declared)
      .flatMap((twin) => onePerCentOf(twin, plan, slowness)),
  };
}

/** One path against its baseline and the twin. `--precision 1%` is meant for such a comparison. */
function onePerCentOf(twin: RoundSpread, plan: Plan, slowness: number): Calibration['onePerCent'] {
  const looks = plannedLooks(planDefaults.rounds, mostRounds);
  const rounds = expectedLook(twin.spread, wished, looks, lookLevel(planDefaults.confidence));
  const contender = externalPath('bridge');
  if (rounds === undefined || contender === undefined) return [];
  const { server, profile } = twin.case;
  const { stopping: _, ...fixed } = plan;
  const alone: Plan = {
    ...fixed,
    rounds,
    servers: [server],
    profiles: [loadProfiles[profile]],
    comparisons: [{ baseline: twin.case.path, contenders: [pathId(contender)] }],
  };
  return [{ server, profile, rounds, seconds: planDuration(alone).totalSeconds * slowness }];
}
