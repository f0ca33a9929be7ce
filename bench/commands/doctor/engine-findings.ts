import type { Engine, EngineAbout } from '../../../runtime/engine/engine.ts';
import { hasLabImage } from '../../../runtime/image/lab-image.ts';
import { runLabel } from '../../../runtime/labels.ts';
import { Failure } from '../../model/failure.ts';
import { present } from '../../model/present.ts';
import { assertFit } from '../engine/fitness.ts';
import { concern, type DoctorFinding, fine, type Subject } from './finding.ts';

const engineSubject = {
  subject: 'engine',
  why: 'it creates the network stacks, rules and proxies whose cost is measured, and its versions differ',
};
const cgroup = {
  subject: 'cgroup',
  why: 'the CPU time of servers and load agents is read from their cgroups',
};
const labImage = {
  subject: 'lab image',
  why: 'every mode runs the same binary from it, and it contains the inspector, which reads this machine',
};
const others = {
  subject: 'other containers',
  why: 'their work competes with the measured servers, and the kernel counts their traffic together with that of the run',
};

/**
 * Findings about the engine itself. The inspector gives those about the engine's machine.
 * @param tag of the lab image.
 */
export async function engineFindings(engine: Engine, tag: string): Promise<readonly DoctorFinding[]> {
  const running = (await engine.containers()).filter(
    ({ labels, running }) => running && labels[runLabel] === undefined,
  );
  return [
    engineFinding(engine.about),
    fine(cgroup, `version ${engine.about.cgroupVersion}`),
    (await hasLabImage(engine, tag))
      ? fine(labImage, tag)
      : concern(
          labImage,
          `${tag} is not built yet: the next run builds it (about a minute)`,
          'Build it now with: bench setup',
        ),
    running.length === 0
      ? fine(others, 'none is running')
      : concern(
          others,
          `${running.length} running (${running.map(({ name }) => name).join(', ')})`,
          `bench does not stop them. While measuring, stop those that you can spare: docker stop ${running.map(({ name }) => name).join(' ')}`,
        ),
  ];
}

/** Reports what kind of engine this is, and refuses those whose "host" is not this machine. */
export function engineFinding(about: EngineAbout): DoctorFinding {
  try {
    assertFit(about);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return refusal(engineSubject, error);
  }
  const lab =
    about.endpoint === 'lab' ? "; a lab: host mode uses the lab's network stack, not this machine's" : '';
  return fine(
    engineSubject,
    `${about.version}, API ${about.apiVersion}, rootful, ${about.operatingSystem} (${about.endpoint}: ${about.address})${lab}`,
  );
}

export function noEngineFinding(failure: Failure): DoctorFinding {
  return refusal(engineSubject, failure);
}

function refusal({ subject, why }: Subject, { message, hint }: Failure): DoctorFinding {
  return { level: 'error', subject, message, why, ...present({ hint }) };
}
