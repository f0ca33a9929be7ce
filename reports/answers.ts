import type { PathId } from '../bench/model/path.ts';
import { present } from '../bench/model/present.ts';
import { profileNames } from '../bench/model/profile.ts';
import type { ServerName } from '../bench/model/server.ts';
import { isMeasured, type Overhead } from '../bench/model/summary.ts';
import type { ReportModel } from './report-model.ts';
import { samePathAs } from './words/same-path.ts';

/**
 * The first table of every report: for each server and path what a request takes, what it costs, and how many
 * there can be. All renderers use this one layout, and each words it in its own way.
 */
export interface Answers {
  readonly server: ServerName;
  readonly baseline: PathId;
  /** The baseline's own values, one for each question. */
  readonly values: readonly Pick<Overhead & { baselineValue: number }, 'metric' | 'baselineValue'>[];
  /** The contenders in the plan's order, then the twin. */
  readonly paths: readonly PathAnswers[];
}

export interface PathAnswers {
  readonly path: PathId;
  readonly role: 'contender' | 'twin';
  /** Another path of the same comparison that packets to this one take as well. */
  readonly sameAs?: PathId;
  /** The declared comparisons, in the order of the questions. */
  readonly overheads: readonly Overhead[];
}

/** One entry for each server and baseline with a declared comparison. */
export function answersOf({ run: { plan }, summary }: ReportModel): readonly Answers[] {
  return plan.servers.flatMap((server) =>
    plan.comparisons.flatMap(({ baseline, contenders }): readonly Answers[] => {
      const own = (overheads: readonly Overhead[]) =>
        overheads
          .filter((it) => it.declared && it.server === server && it.baseline === baseline)
          .toSorted((a, b) => profileNames.indexOf(a.profile) - profileNames.indexOf(b.profile));
      const compared = own(summary.overheads);
      const twins = own(summary.twin);
      const paths = [
        ...contenders.map((path) => pathAnswers(path, compared, samePathAs(path, plan))),
        { path: baseline, role: 'twin' as const, overheads: twins },
      ].filter(({ overheads }) => overheads.length > 0);
      if (paths.length === 0) return [];
      return [{ server, baseline, values: baselineValues([...compared, ...twins]), paths }];
    }),
  );
}

function pathAnswers(path: PathId, compared: readonly Overhead[], sameAs: PathId | undefined): PathAnswers {
  const overheads = compared.filter((it) => it.path === path);
  return { path, role: 'contender', overheads, ...present({ sameAs }) };
}

/**
 * The baseline's value for each question. It is the same against every contender, except for rounds that one
 * of them lacks.
 */
function baselineValues(overheads: readonly Overhead[]): Answers['values'] {
  const measured = overheads.filter(isMeasured);
  return [...new Set(overheads.map((it) => it.metric))].flatMap((name) => {
    const first = measured.find((it) => it.metric === name);
    return first === undefined ? [] : [{ metric: name, baselineValue: first.baselineValue }];
  });
}
