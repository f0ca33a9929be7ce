import { type Path, type PathId, parsePathId } from '../../bench/model/path.ts';
import { profileNames } from '../../bench/model/profile.ts';
import type { Run } from '../../bench/model/run.ts';
import type { ServerName } from '../../bench/model/server.ts';
import { type CaseSummary, isMeasured, type Verdict } from '../../bench/model/summary.ts';
import { figureWords, findingWords, serverNames } from '../finding-words.ts';
import { modeWords, vantageWords } from '../setting-words.ts';
import { type AnalysedGroup, type AnalysedOverhead, declaredOverhead } from './overheads.ts';

/** Shown effects first, then what cannot be trusted, then what stayed open, then what is equal. */
const importance = {
  slower: 0,
  faster: 0,
  untrusted: 1,
  open: 2,
  equivalent: 3,
} as const satisfies Record<Verdict, number>;
/** A capacity that was not measured: the other sentences of its path say what was. */
const unmeasuredImportance = importance.open;

interface Paragraph {
  readonly server: ServerName;
  readonly path: PathId;
  readonly from: string;
  readonly order: number;
  readonly text: string;
}

/**
 * One paragraph for each server and contender: what a request takes, what it costs, and how many there can be, each with
 * its verdict. Where there are many contenders, those without an effect share a paragraph.
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
      return contenders.map((path) =>
        paragraph(server, path, own, { cases, contenders, run, severalVantages }),
      );
    }),
  );
  const inOrder = paragraphs.toSorted((a, b) => a.order - b.order);
  return (inOrder.length > mostParagraphs ? withoutEffectTogether(inOrder) : inOrder).map(({ text }) => text);
}

interface Around {
  readonly cases: readonly CaseSummary[];
  readonly contenders: readonly PathId[];
  readonly run: Run;
  readonly severalVantages: boolean;
}

function paragraph(
  server: ServerName,
  path: PathId,
  groups: readonly AnalysedGroup[],
  { cases, contenders, run, severalVantages }: Around,
): Paragraph {
  const parsed = parsePathId(path);
  const found = groups.flatMap((group) => declaredOverhead(group, path) ?? []);
  const sides = (it: AnalysedOverhead) => {
    const { profile, baseline } = it.overhead;
    return [baseline, path].map((one) =>
      cases.find(
        (of) => of.server === server && of.profile === profile && of.path === one && of.role !== 'twin',
      ),
    );
  };
  const sentences = found.flatMap((it) => [
    findingWords({ overhead: it.overhead, distrust: it.distrust?.brief, cases: sides(it) }),
    ...cpuInstead(it, found, groups, path),
  ]);
  const from = parsed === undefined ? 'along its path' : vantageWords[parsed.vantage];
  const mode = parsed === undefined ? path : modeWords(parsed);
  const twin = parsed === undefined ? undefined : samePath(parsed, contenders, run);
  const same = twin === undefined ? '' : ` (the same path: ${twin})`;
  const where = severalVantages ? `${capital(from)}, ` : '';
  const head = where === '' ? capital(mode) : `${where}${mode}`;
  const text = joined(`${head}${same}`, sentences);
  return {
    server,
    path,
    from,
    text,
    order: Math.min(
      importance.equivalent,
      ...found.map(({ overhead: { verdict } }) =>
        verdict === undefined ? unmeasuredImportance : importance[verdict],
      ),
    ),
  };
}

/** `Bridge mode adds …` where the first sentence has a verb of its own, else `Bridge mode: nginx's …`. */
function joined(head: string, sentences: readonly string[]): string {
  const [first = 'nothing was measured.', ...others] = sentences;
  const verb = /^(adds|takes|costs|gives|saves) /;
  const opening = verb.test(first) ? `${head} ${first}` : `${head}: ${first}`;
  return [opening, ...others.map((it) => (verb.test(it) ? `It ${it}` : it))].join(' ');
}

/** Where a capacity was not measured and nothing else says what a request costs, its own CPU figure does. */
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

/** A server that joins a container on the bridge is reached as one on the bridge is: packets take the same path. */
function samePath({ mode, vantage, address, family }: Path, contenders: readonly PathId[], { plan }: Run) {
  if (mode !== 'mapped' || plan.mapTo !== undefined || vantage === 'inside') return undefined;
  const words = ['bridge', vantage, address, family].filter((word) => word !== undefined).join('/');
  return contenders.includes(words) ? 'bridge mode' : undefined;
}

function capital(text: string): string {
  return text.replace(/^./, (letter) => letter.toUpperCase());
}

/** More than a reader takes in at once: from then on, the paths that show no effect share a paragraph. */
const mostParagraphs = 8;

/** Each shown effect keeps its own; what stayed open or is equal is named together, by server and vantage. */
function withoutEffectTogether(paragraphs: readonly Paragraph[]): readonly Paragraph[] {
  const shown = paragraphs.filter(({ order }) => order < importance.open);
  const groups = new Map<string, Paragraph[]>();
  for (const it of paragraphs.filter(({ order }) => order >= importance.open)) {
    const key = `${it.order} ${it.server} ${it.from}`;
    groups.set(key, [...(groups.get(key) ?? []), it]);
  }
  const together = [...groups.values()].flatMap((group): readonly Paragraph[] => {
    const [first] = group;
    if (first === undefined || group.length === 1) return group;
    const subject = `${group.length} paths to ${serverNames[first.server]} (${group.map(({ path }) => path).join(', ')})`;
    const said =
      first.order === importance.equivalent
        ? 'are shown equivalent to the baseline'
        : 'are not shown to differ from the baseline; the table has the range that is still possible';
    return [{ ...first, text: `${capital(first.from)}, ${subject} ${said}.` }];
  });
  return [...shown, ...together];
}
