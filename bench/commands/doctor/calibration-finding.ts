import { formatPercent } from '../../model/format.ts';
import type { Outside } from '../../outside.ts';
import { calibrationsDirectory, keptCalibration } from '../calibrate/calibration-file.ts';
import { worstFloor } from '../calibrate/calibration-text.ts';
import { stackToMeasure } from '../engine/engine-choice.ts';
import { thisMachine } from '../engine/this-machine.ts';
import { type DoctorFinding, fine } from './finding.ts';

const subject = { subject: 'calibration', why: 'it says how small a difference this machine can show' };

/** This machine's noise floor, or how to measure it. */
export async function calibrationFinding(
  flags: Readonly<Record<string, unknown>>,
  outside: Pick<Outside, 'env' | 'directory' | 'home'>,
): Promise<DoctorFinding> {
  const machine = await thisMachine(await stackToMeasure(flags, outside));
  const calibration = machine && (await keptCalibration(calibrationsDirectory(flags, outside), machine));
  const floor = calibration && worstFloor(calibration);
  if (calibration === undefined || floor === undefined) {
    return fine(subject, 'none of this machine: bench calibrate finds its noise floor in 4 minutes');
  }
  const on = calibration.calibratedAt.slice(0, 10);
  return fine(
    subject,
    `calibrated on ${on}: noise floor ±${formatPercent(floor)} on the declared metrics, worst of them`,
  );
}
