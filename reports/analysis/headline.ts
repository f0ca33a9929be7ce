import { capital } from '../../bench/model/capital.ts';
import { grouped } from '../../bench/model/grouped.ts';
import { type PathId, pathOf } from '../../bench/model/path.ts';
import { present } from '../../bench/model/present.ts';
import { profileNames } from '../../bench/model/profile.ts';
import type { Run } from '../../bench/model/run.ts';
import type { ServerName } from '../../bench/model/server.ts';
import { spokenName } from '../../bench/model/server.ts';
import { type CaseSummary, isMeasured, type Verdict } from '../../bench/model/summary.ts';
import { figureWords, findingsWords, listed, type Saying } from '../words/finding-words.ts';
import { samePathAs } from '../words/same-path.ts';
import { modeWords, vantageWords } from '../words/setting-words.ts';
import { type AnalysedGroup, type AnalysedOverhead, declaredOverhead } from './overheads.ts';
import { roundsToShow } from './verdict.ts';

/**
 * Shown effects come first, then what cannot be trusted, then what stayed open or was not measured, then what
 * is equal. `perhaps` is an open result whose interval by itself excludes "no difference": only the number of
 * comparisons keeps it open, so it never shares a sentence with what shows nothing.
 */
const importance = {
  slower: 0,
  faster: 0,
  untrusted: 1,
  perhaps: 2,
  open: 3,
  unmeasured: 4,
  equivalent: 5,
} as const satisfies Record<Verdict | 'perhaps' | 'unmeasured', number>;

function kindOf({ overhead }: AnalysedOverhead): keyof typeof importance {
  const { verdict = 'unmeasured' } = overhead;
  const excludes = isMeasured(overhead) && (overhead.ratioLow > 1 || overhead.ratioHigh < 1);
  return verdict === 'open' && excludes ? 'perhaps' : verdict;
}

interface Paragraph {
  readonly server: ServerName;
  readonly path: PathId;
  readonly from: string;
  readonly order: number;
  readonly text: string;
  /** Why no figure of the path may be used. */
  readonly distrust?: string;
}

/**
 * One paragraph for each server and contender: what a request takes, what it costs, and how many there can
 * be, each with its verdict. Where there are many contenders, those without an effect share a paragraph.
 * Those that cannot be used for the same reason always share one.
 */
export function headlines(
  run: Run,
  groups: readonly AnalysedGroup[],
  cases: readonly CaseSummary[],
): readonly string[] {
  const { plan } = run;
  const severalVantages = plan.comparisons.length > 1;
  const paragraphs = plan.servers.flatMap((server) =>
    plan.comparisons.flatMap(({ baseline, contenders }) => {
      const own = profileNames.flatMap((profile) =>
        groups.filter(
          ({ figures: { group } }) =>
            group.server === server && group.baselinePath === baseline && group.profile.name === profile,
        ),
      );
      return contenders.map((path) => paragraph(server, path, own, { cases, run, severalVantages }));
    }),
  );
  const inOrder = distrustedTogether(paragraphs).toSorted((a, b) => a.order - b.order);
  return (inOrder.length > mostParagraphs ? withoutEffectTogether(inOrder) : inOrder).map(({ text }) => text);
}

interface Around {
  readonly cases: readonly CaseSummary[];
  readonly run: Run;
  readonly severalVantages: boolean;
}

function paragraph(
  server: ServerName,
  path: PathId,
  groups: readonly AnalysedGroup[],
  around: Around,
): Paragraph {
  const { run, severalVantages } = around;
  const parsed = pathOf(path);
  const found = groups.flatMap((group) => declaredOverhead(group, path) ?? []);
  const sentences = [
    ...findingsWords(found.map((it) => sayingOf(it, around))),
    ...found.flatMap((it) => cpuInstead(it, found, groups, path)),
  ];
  const from = vantageWords[parsed.vantage];
  const mode = modeWords(parsed);
  const other = samePathAs(path, run.plan);
  const same = other === undefined ? '' : ` (the same path: ${modeWords(pathOf(other))})`;
  const head = severalVantages ? `${capital(from)}, ${mode}` : capital(mode);
  const distrust = new Set(
    found.map(({ overhead, distrust: why }) => (overhead.verdict === 'untrusted' ? why?.brief : undefined)),
  );
  const [only] = distrust;
  return {
    server,
    path,
    from,
    text: joined(`${head}${same}`, sentences),
    order: Math.min(importance.equivalent, ...found.map((it) => importance[kindOf(it)])),
    ...(distrust.size === 1 && only !== undefined ? { distrust: only } : {}),
  };
}

function sayingOf(
  { overhead, distrust, estimate, correction }: AnalysedOverhead,
  { cases, run }: Around,
): Saying {
  const { server, profile, baseline, path } = overhead;
  const sides = [baseline, path].map((side) =>
    cases.find(
      (it) => it.server === server && it.profile === profile && it.path === side && it.role !== 'twin',
    ),
  );
  const interval = estimate?.equivalenceInterval;
  return {
    overhead,
    distrust: distrust?.brief,
    cases: sides,
    ...present({ equivalence: interval }),
    ...(estimate === undefined ? {} : { reachesLevel: estimate.interval.reachesLevel }),
    ...(correction === undefined
      ? {}
      : { roundsNeeded: roundsToShow(run.plan.confidence, correction.comparisons) }),
  };
}

/** `Bridge mode adds …` where the first sentence begins with a verb, else `Bridge mode: nginx's …`. */
function joined(head: string, sentences: readonly string[]): string {
  const [first = 'nothing was measured.', ...others] = sentences;
  const verb = /^(adds|takes|costs|gives|saves) /;
  const opening = verb.test(first) ? `${head} ${first}` : `${head}: ${first}`;
  return [opening, ...others.map((it) => (verb.test(it) ? `It ${it}` : it))].join(' ');
}

/** The CPU figure of a path whose capacity was not measured, if no other figure says what a request costs. */
function cpuInstead(
  { overhead }: AnalysedOverhead,
  found: readonly AnalysedOverhead[],
  groups: readonly AnalysedGroup[],
  path: PathId,
): readonly string[] {
  if (overhead.metric !== 'throughput_rps' || overhead.verdict !== undefined) return [];
  if (found.some((it) => it.overhead.metric === 'cpu_server_us')) return [];
  const figures = groups.flatMap(({ overheads }) => overheads.map((it) => it.overhead));
  const cpu = figures.find((it) => it.path === path && it.metric === 'cpu_server_us' && isMeasured(it));
  return cpu !== undefined && isMeasured(cpu) ? [figureWords(cpu)] : [];
}

/**
 * Most paragraphs that a reader takes in at once. Beyond this number, the paths that show no effect share a
 * paragraph.
 */
const mostParagraphs = 8;

/** Merges the paragraphs that may not be used for the same reason, so that the reason is given once. */
function distrustedTogether(paragraphs: readonly Paragraph[]): readonly Paragraph[] {
  const causes = new Map<string, Paragraph[]>();
  for (const it of paragraphs) {
    if (it.distrust !== undefined) causes.set(it.distrust, [...(causes.get(it.distrust) ?? []), it]);
  }
  const rest = paragraphs.filter(({ distrust }) => causes.get(distrust ?? '') === undefined);
  const together = [...causes].flatMap(([why, group]): readonly Paragraph[] => {
    const [first] = group;
    if (first === undefined || group.length === 1) return group;
    const paths = [...new Set(group.map(({ path }) => path))];
    const servers = [...new Set(group.map(({ server }) => spokenName(server)))];
    return [{ ...first, text: `${listed(paths)}, for ${listed(servers)}: do not use: ${why}.` }];
  });
  return [...rest, ...together];
}

/**
 * Keeps the paragraph of each shown effect. Merges by server and vantage what stayed open, was not measured
 * or is equal, each kind by itself.
 */
function withoutEffectTogether(paragraphs: readonly Paragraph[]): readonly Paragraph[] {
  const shown = paragraphs.filter(({ order }) => order < importance.perhaps);
  const without = paragraphs.filter(({ order }) => order >= importance.perhaps);
  const groups = grouped(without, ({ order, server, from }) => `${order} ${server} ${from}`);
  const together = [...groups.values()].flatMap((group): readonly Paragraph[] => {
    const [first] = group;
    if (group.length === 1) return group;
    const subject = `${group.length} paths to ${spokenName(first.server)} (${group.map(({ path }) => path).join(', ')})`;
    return [{ ...first, text: `${capital(first.from)}, ${subject} ${saidTogether(first.order)}.` }];
  });
  return [...shown, ...together];
}

function saidTogether(order: number): string {
  switch (order) {
    case importance.equivalent:
      return 'are shown equivalent to the baseline';
    case importance.perhaps:
      return 'differ a little or perhaps: each interval excludes "no difference", but among so many comparisons that may be chance';
    case importance.unmeasured:
      return 'have a capacity that was not measured; the table says what was the limit';
    default:
      return 'are not shown to differ from the baseline; the table has the range that is still possible';
  }
}
