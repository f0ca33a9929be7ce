import { assertNever } from '../../bench/model/assert-never.ts';
import { metric } from '../../bench/model/metric.ts';
import { type PathId, parsePathId, type Vantage } from '../../bench/model/path.ts';
import type { Plan } from '../../bench/model/plan.ts';
import type { ServerName } from '../../bench/model/server.ts';
import type { Verdict } from '../../bench/model/summary.ts';
import { formatPercent, formatPercentInterval, formatValueInterval } from '../format.ts';
import { type JudgedGroup, type JudgedOverhead, primaryOverhead } from './overheads.ts';

const vantageWords = {
  external: 'From a remote client',
  host: 'From the host itself',
  neighbor: 'From a container on the same bridge',
  inside: "From inside the server's own network stack",
} as const satisfies Record<Vantage, string>;

const serverNames = { nginx: 'nginx', apache: 'Apache' } as const satisfies Record<ServerName, string>;

/** Shown effects first, then what cannot be trusted, then what stayed open, then what is equal. */
const importance = {
  slower: 0,
  faster: 0,
  untrusted: 1,
  inconclusive: 2,
  equivalent: 3,
} as const satisfies Record<Verdict, number>;

/**
 * One sentence for each server and contender, from the verdicts on the primary metrics, e.g. "From a remote
 * client, bridge mode costs nginx 16 % [14, 18] of its throughput and adds 9 µs [7, 11] to the median." Only
 * `slower` and `faster` print an effect: where none is shown, a figure would be read as one. Where there are
 * many contenders, those without an effect share a sentence.
 */
export function headlines(plan: Plan, groups: readonly JudgedGroup[]): readonly string[] {
  const sentences = plan.servers.flatMap((server) =>
    plan.comparisons.flatMap(({ baseline, contenders }) => {
      const own = groups
        .filter(({ group }) => group.server === server && group.baselinePath === baseline)
        .sort((a, b) => rank(a) - rank(b));
      return contenders.map((path) => sentence(server, path, own));
    }),
  );
  const inOrder = sentences.sort((a, b) => a.order - b.order);
  return (inOrder.length > mostSentences ? withoutEffectTogether(inOrder) : inOrder).map(({ text }) => text);
}

/** More than a reader takes in at once: from then on, the paths that show no effect share a sentence. */
const mostSentences = 8;

/** Each shown effect keeps its sentence; what stayed open or is equal is named together, by server and vantage. */
function withoutEffectTogether(sentences: readonly Sentence[]): readonly Sentence[] {
  const shown = sentences.filter(({ order }) => order < importance.inconclusive);
  const groups = new Map<string, Sentence[]>();
  for (const sentence of sentences.filter(({ order }) => order >= importance.inconclusive)) {
    const key = `${sentence.order} ${sentence.server} ${sentence.from}`;
    groups.set(key, [...(groups.get(key) ?? []), sentence]);
  }
  const together = [...groups.values()].flatMap((group): readonly Sentence[] => {
    const [first] = group;
    if (first === undefined || group.length === 1) return group;
    const subject = `${group.length} paths to ${serverNames[first.server]} (${group.map(({ path }) => path).join(', ')})`;
    const said =
      first.order === importance.equivalent
        ? 'are shown equivalent to the baseline'
        : 'are not shown to differ from the baseline; the table says what this run could have shown';
    return [{ ...first, text: `${first.from}, ${subject} ${said}.` }];
  });
  return [...shown, ...together];
}

/** What is lost in throughput is said before what is added to a latency. */
function rank({ group }: JudgedGroup): number {
  return group.profile.primaryMetric === 'throughput' ? 0 : 1;
}

interface Sentence {
  readonly server: ServerName;
  readonly path: PathId;
  /** Where the load comes from, in words. */
  readonly from: string;
  readonly text: string;
  readonly order: number;
}

function sentence(server: ServerName, path: PathId, groups: readonly JudgedGroup[]): Sentence {
  const parsed = parsePathId(path);
  const from = parsed === undefined ? 'Along its path' : vantageWords[parsed.vantage];
  const judged = groups.flatMap((it) => primaryOverhead(it, path) ?? []);
  const clauses = judged.map((it, index) => clause(it, index === 0 ? serverNames[server] : undefined));
  const missing = groups
    .filter((it) => primaryOverhead(it, path) === undefined)
    .map(({ group }) => group.profile.name);
  if (missing.length > 0) {
    const owner = judged.length === 0 ? ` of ${serverNames[server]}` : '';
    clauses.push(
      `has no completed pair of slices${owner} under the ${missing.join(' and ')} profile${missing.length > 1 ? 's' : ''}`,
    );
  }
  return {
    server,
    path,
    from,
    text: `${from}, ${modeWords(path)} ${joined(clauses)}.`,
    order: Math.min(
      ...judged.map(({ overhead }) => importance[overhead.verdict]),
      ...missing.map(() => importance.inconclusive),
    ),
  };
}

function modeWords(path: PathId): string {
  const parsed = parsePathId(path);
  if (parsed === undefined) return path;
  const { mode, vantage, address, family } = parsed;
  const named = mode === 'native' ? 'a native process' : `${mode} mode`;
  const over = family === undefined ? '' : ' over IPv6';
  if (address === undefined) return `${named}${over}`;
  // A remote client of a bridge has no other way; from nearer there are several.
  if (address === 'published') return `${named}${vantage === 'external' ? '' : ' by published port'}${over}`;
  return `${named} by ${address} address${over}`;
}

/** @param server named in the sentence's first clause only. */
function clause({ overhead, cause, distrust }: JudgedOverhead, server: string | undefined): string {
  const { verdict, metric: name } = overhead;
  const { label, margin } = metric(name);
  const subject = server === undefined ? `the ${label}` : `${server}'s ${label}`;
  switch (verdict) {
    case 'slower':
    case 'faster':
      return effect(overhead, server);
    case 'equivalent':
      return `is shown equivalent within ±${formatPercent(margin)} in ${subject}`;
    case 'untrusted':
      return `has no trusted verdict on ${subject} (${distrust?.brief ?? overhead.verdictReason})`;
    case 'inconclusive':
      switch (cause?.kind) {
        case 'too-few-rounds':
          return `shows nothing yet about ${subject} (it needs at least ${cause.needed} rounds)`;
        case 'client-limit':
          return `shows no difference in ${subject}, but the client was the limit`;
        case 'within-margin':
          return `changes ${subject}, but is not shown to change it by more than ±${formatPercent(margin)}`;
        case 'correction':
          return `shows no difference in ${subject} that outlasts the correction for several contenders`;
        default:
          return `shows no difference in ${subject}${couldHaveShown(overhead.detectable)}`;
      }
    default:
      return assertNever(verdict);
  }
}

function couldHaveShown(detectable: number | undefined): string {
  return detectable === undefined ? '' : ` (this run could have shown ${formatPercent(detectable)})`;
}

/** A shown effect with its interval: relative for throughput and CPU, absolute for a latency. */
function effect(overhead: JudgedOverhead['overhead'], server: string | undefined): string {
  const { metric: name, verdict, ratio, low, high, unit, absoluteDifference: difference } = overhead;
  const least = overhead.atLeast ? 'at least ' : '';
  const whom = server === undefined ? '' : `${server} `;
  const lost = formatPercentInterval(1 - ratio, 1 - high, 1 - low);
  const gained = formatPercentInterval(ratio - 1, low - 1, high - 1);
  if (name === 'throughput') {
    if (verdict === 'slower') return `costs ${whom}${least}${lost} of its throughput`;
    return `gives ${whom}${least}${gained} more throughput`;
  }
  if (name === 'cpu-per-request') {
    if (verdict === 'slower') return `costs ${whom}${gained} more CPU per request`;
    return `saves ${whom}${lost} of its CPU per request`;
  }
  const shortLabel = name === 'latency-p50' && server === undefined ? 'median' : metric(name).label;
  const latency = server === undefined ? `the ${shortLabel}` : `${server}'s ${shortLabel}`;
  const { value, low: from, high: to } = difference;
  if (verdict === 'slower') return `adds ${formatValueInterval(value, from, to, unit)} to ${latency}`;
  return `takes ${formatValueInterval(-value, -to, -from, unit)} off ${latency}`;
}

function joined(clauses: readonly string[]): string {
  if (clauses.length <= 1) return clauses.join('');
  return `${clauses.slice(0, -1).join(', ')} and ${clauses.at(-1)}`;
}
