import { Failure } from '../../bench/model/failure.ts';
import type { Selection } from '../../bench/model/gate.ts';
import { wordHint } from '../../bench/model/nearest.ts';
import { patternTest } from '../../bench/model/path-pattern.ts';
import type { Run } from '../../bench/model/run.ts';
import { type Subject, subjectsOf } from './subject.ts';

/** Whether a comparison is one that an entry selects. */
export function isSelected({ metric, path, server, profile }: Selection, subject: Subject): boolean {
  return (
    subject.metric === metric &&
    patternTest(path)(subject.path) &&
    (server === undefined || subject.server === server) &&
    (profile === undefined || subject.profile === profile)
  );
}

/**
 * The comparisons of a run that an entry selects.
 * @throws {Failure} usage: none, with the nearest name that the run has. An entry that matches nothing would hold forever.
 */
export function selectedBy(selection: Selection, run: Pick<Run, 'plan' | 'runId'>): readonly Subject[] {
  const all = subjectsOf(run);
  const selected = all.filter((it) => isSelected(selection, it));
  if (selected.length > 0) return selected;
  throw matchesNothing(selection, run, all);
}

/** The first part of the selection that leaves nothing is the one to mend. */
function matchesNothing(
  { place, path, ...others }: Selection,
  { plan, runId }: Pick<Run, 'plan' | 'runId'>,
  all: readonly Subject[],
): Failure {
  const refused = (message: string, hint: string) => new Failure('usage', `${place}: ${message}`, { hint });
  const paths = unique(all.map((it) => it.path));
  let left = all.filter((it) => patternTest(path)(it.path));
  if (left.length === 0 && plan.comparisons.some(({ baseline }) => baseline === path)) {
    return refused(
      `${path} is a baseline: it has absolute figures alone, and a gate asserts overheads`,
      `Name a path that is compared with it: ${paths.join(', ')}`,
    );
  }
  if (left.length === 0) {
    return refused(`run ${runId} compares no path "${path}"`, wordHint(path, paths, 'Its paths'));
  }
  for (const of of ['server', 'profile', 'metric'] as const) {
    const wanted = others[of];
    const names: readonly string[] = unique(left.map((it) => it[of]));
    left = left.filter((it) => wanted === undefined || it[of] === wanted);
    if (left.length === 0) {
      return refused(
        `run ${runId} has no ${of} "${wanted}" on the path "${path}"`,
        wordHint(String(wanted), names, `Its ${of}s`),
      );
    }
  }
  throw new Error('a selection that leaves something was said to match nothing');
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
