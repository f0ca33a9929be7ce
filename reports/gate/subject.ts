import { untrustedOverhead } from '../../bench/model/distrust.ts';
import { type MetricName, metric } from '../../bench/model/metric.ts';
import type { PathId } from '../../bench/model/path.ts';
import { metricsOf, type ProfileName } from '../../bench/model/profile.ts';
import type { Run } from '../../bench/model/run.ts';
import type { ServerName } from '../../bench/model/server.ts';
import { isMeasured, lacksVerdict, type MeasuredOverhead, type Summary } from '../../bench/model/summary.ts';

/** One comparison of a plan on one metric. */
export interface Subject {
  readonly server: ServerName;
  readonly profile: ProfileName;
  readonly path: PathId;
  readonly baseline: PathId;
  readonly metric: MetricName;
}

/** What a run has of one comparison. */
export type Finding =
  | { readonly kind: 'measured'; readonly overhead: MeasuredOverhead }
  | Without<'untrusted'>
  | Without<'unmeasured'>;

/** No figure that counts. There may be one all the same. */
interface Without<Kind extends string> {
  readonly kind: Kind;
  readonly reason: string;
  readonly overhead?: MeasuredOverhead;
}

/** All comparisons of a plan, on each metric that it shows. */
export function subjectsOf({ plan }: Pick<Run, 'plan'>): readonly Subject[] {
  return plan.servers.flatMap((server) =>
    plan.profiles.flatMap((profile) =>
      plan.comparisons.flatMap(({ baseline, contenders }) =>
        contenders.flatMap((path) =>
          metricsOf(profile).map((name) => ({ server, profile: profile.name, path, baseline, metric: name })),
        ),
      ),
    ),
  );
}

/**
 * What a run has of a comparison. What makes the declared metric of a path untrusted makes its other metrics
 * untrusted as well: foreign load, a twin that differs, or lost blocks.
 */
export function findingOf(
  subject: Subject,
  { overheads, notShown }: Pick<Summary, 'overheads' | 'notShown'>,
): Finding {
  const ofCase = overheads.filter((it) => isOfCase(it, subject) && it.baseline === subject.baseline);
  const own = ofCase.find((it) => it.metric === subject.metric);
  const measured = own !== undefined && isMeasured(own) ? { overhead: own } : {};
  const distrusted = untrustedOverhead(subject, overheads);
  if (distrusted !== undefined) {
    return { kind: 'untrusted', reason: distrusted.reason ?? 'the run cannot tell', ...measured };
  }
  if (own === undefined || !isMeasured(own)) {
    const { label } = metric(subject.metric);
    const left = notShown.find((it) => isOfCase(it.case, subject) && it.metric === label);
    return { kind: 'unmeasured', reason: left?.why ?? 'the run has no figure of it' };
  }
  if (lacksVerdict(own)) {
    return { kind: 'unmeasured', reason: own.reason ?? 'not measured', overhead: own };
  }
  return { kind: 'measured', overhead: own };
}

function isOfCase(
  of: { readonly server: string; readonly path: string; readonly profile: string },
  { server, path, profile }: Subject,
): boolean {
  return of.server === server && of.path === path && of.profile === profile;
}

/** The comparison in a message: `latency_p50_us bridge/external/published (nginx, latency)`. */
export function subjectWords({ metric: name, path, server, profile }: Subject): string {
  return `${name} ${path} (${server}, ${profile})`;
}
