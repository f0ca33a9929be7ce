import { type Case, caseId } from '../../bench/model/case.ts';
import type { PathId } from '../../bench/model/path.ts';
import type { Plan } from '../../bench/model/plan.ts';
import { present } from '../../bench/model/present.ts';
import type { LoadProfile } from '../../bench/model/profile.ts';
import type { ServerName } from '../../bench/model/server.ts';
import type { RecordedCase } from './recorded-cases.ts';

/**
 * One server under one load profile: the baseline, its twin and all that is compared with the baseline. A
 * group with a twin has its own A/A control.
 */
export interface ComparisonGroup {
  readonly server: ServerName;
  readonly profile: LoadProfile;
  readonly baselinePath: PathId;
  readonly baseline: RecordedCase;
  /** Absent if the run had none. */
  readonly twin?: RecordedCase;
  /** In the plan's order. A planned contender without any record has no slices. */
  readonly contenders: readonly RecordedCase[];
}

export function comparisonGroups(plan: Plan, cases: readonly RecordedCase[]): readonly ComparisonGroup[] {
  const byId = new Map(cases.map((it) => [caseId(it.case), it]));
  const find = (subject: Case): readonly RecordedCase[] => {
    const found = byId.get(caseId(subject));
    return found === undefined ? [] : [found];
  };
  return plan.servers.flatMap((server) =>
    plan.profiles.flatMap((profile) =>
      plan.comparisons.flatMap(({ baseline: baselinePath, contenders }): ComparisonGroup[] => {
        const head = { server, profile: profile.name, path: baselinePath };
        const [baseline] = find({ ...head, role: 'baseline' });
        const [twin] = find({ ...head, role: 'twin' });
        if (baseline === undefined) return [];
        return [
          {
            server,
            profile,
            baselinePath,
            baseline,
            ...present({ twin }),
            contenders: contenders.flatMap((path) => find({ ...head, path, role: 'contender' })),
          },
        ];
      }),
    ),
  );
}

/** All cases of the group. */
export function membersOf({ baseline, twin, contenders }: ComparisonGroup): readonly RecordedCase[] {
  return [baseline, ...(twin === undefined ? [] : [twin]), ...contenders];
}
