import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type Calibration, calibrationSchema, type MachineIdentity } from '../../model/calibration.ts';
import { fromDataKeys, toDataKeys } from '../../model/data-keys.ts';
import { Failure, messageOf } from '../../model/failure.ts';
import type { Outside } from '../../outside.ts';
import { makeDirectory, writeAtomically } from '../../run-folder/atomic-file.ts';
import { type Disk, diskFor } from '../../run-folder/disk.ts';

/**
 * The directory of calibrations: `--calibrations`, BENCH_CALIBRATIONS, or the user's state directory (XDG
 * Base Directory Specification: $XDG_STATE_HOME, else ~/.local/state). Each machine has a file of its own
 * there.
 */
export function calibrationsDirectory(
  flags: Readonly<Record<string, unknown>>,
  { env, directory, home }: Pick<Outside, 'env' | 'directory' | 'home'>,
): string {
  const flag = flags['calibrations'];
  const given = typeof flag === 'string' && flag !== '' ? flag : env['BENCH_CALIBRATIONS'] || undefined;
  if (given !== undefined) return resolve(directory, given);
  return join(env['XDG_STATE_HOME'] || join(home, '.local', 'state'), 'bench', 'calibrations');
}

/**
 * Under sudo HOME, and so the directory, may be root's or the caller's. Files made in it get the directory's
 * owner.
 * @throws {Failure} unfit: it cannot be written.
 */
export async function keepCalibration(
  directory: string,
  calibration: Calibration,
  disk: Disk,
): Promise<string> {
  const path = join(directory, fileOf(calibration.machine));
  const text = `${JSON.stringify(toDataKeys(calibrationSchema)(calibrationSchema.parse(calibration)), null, 2)}\n`;
  try {
    const own = await diskFor(directory, disk);
    await makeDirectory(directory, own);
    await writeAtomically(path, text, own);
  } catch (cause) {
    throw new Failure('unfit', `cannot save the calibration in ${directory}: ${messageOf(cause)}`, {
      hint: 'Name another directory with --calibrations.',
      cause,
    });
  }
  return path;
}

/** The last calibration of this machine; `undefined` if there is none that can be used. */
export async function keptCalibration(
  directory: string,
  machine: MachineIdentity,
): Promise<Calibration | undefined> {
  try {
    const kept = calibrationSchema.safeParse(
      fromDataKeys(calibrationSchema)(JSON.parse(await readFile(join(directory, fileOf(machine)), 'utf8'))),
    );
    return kept.data;
  } catch {
    // There is none yet, or a newer or older bench wrote it. The next calibration replaces it.
    return undefined;
  }
}

/** Short, and the same for the same machine. */
function fileOf({ cpuModel, cpuCount, kernel, stack }: MachineIdentity): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([cpuModel, cpuCount, kernel, stack]))
    .digest('hex');
  return `${hash.slice(0, 16)}.json`;
}
