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
    return fine(
      subject,
      'there is none for this machine. To measure its noise floor (4 minutes): bench calibrate',
    );
  }
  const on = calibration.calibratedAt.slice(0, 10);
  return fine(
    subject,
    `calibrated on ${on}: the largest noise floor of a declared metric is ±${formatPercent(floor)}`,
  );
}
