import { possiblePaths } from '../../model/network-modes.ts';
import { stopsOf } from '../../model/obstacles.ts';
import type { PathFacts } from '../../model/path-facts.ts';
import { concern, type DoctorFinding, fine } from './finding.ts';

const paths = {
  subject: 'paths',
  why: 'bench refuses a run with an impossible path before the first round',
};

/**
 * The paths that cannot be measured on this engine and machine. Each setting that stops some is reported
 * separately.
 */
export function pathFindings(facts: PathFacts): readonly DoctorFinding[] {
  const possible = possiblePaths();
  const stops = stopsOf(possible, facts);
  if (stops.length === 0)
    return [fine(paths, `no known setting prevents any of the ${possible.length} paths`)];
  return stops.map(({ setting, reason, hint, paths: stopped }) =>
    concern(
      paths,
      `${setting}: ${reason}. This prevents ${stopped.length} of ${possible.length} (${shortened(stopped)})`,
      hint,
    ),
  );
}

function shortened(ids: readonly string[]): string {
  const shown = 4;
  const more = ids.length - shown;
  return more <= 0 ? ids.join(', ') : `${ids.slice(0, shown).join(', ')} and ${more} more`;
}
