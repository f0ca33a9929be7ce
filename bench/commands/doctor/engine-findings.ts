import type { Engine, EngineAbout } from '../../../runtime/engine/engine.ts';
import { hasLabImage } from '../../../runtime/image/lab-image.ts';
import { runLabel } from '../../../runtime/labels.ts';
import { Failure } from '../../model/failure.ts';
import { present } from '../../model/present.ts';
import { assertFit } from '../engine/fitness.ts';
import { concern, type DoctorFinding, fine, type Subject } from './finding.ts';

const engineSubject = {
  subject: 'engine',
  why: 'it makes the stacks, rules and proxies whose cost is measured: another version is another measurement',
};
const cgroup = {
  subject: 'cgroup',
  why: "CPU per request reads the servers' and the agents' CPU time off their cgroups",
};
const labImage = {
  subject: 'lab image',
  why: 'every mode runs the same binary from it; the inspector, which looks at this machine, is in it as well',
};
const others = {
  subject: 'other containers',
  why: 'their work takes turns with the measured one, and their traffic shares counters with it',
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
      ? fine(others, 'none runs')
      : concern(
          others,
          `${running.length} run now (${running.map(({ name }) => name).join(', ')})`,
          `Stop those that you can spare while measuring; bench does not touch them: docker stop ${running.map(({ name }) => name).join(' ')}`,
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
  const lab = about.endpoint === 'lab' ? "; a lab: host mode is the lab's stack, not this machine's" : '';
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
