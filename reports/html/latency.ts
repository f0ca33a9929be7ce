import type { Case } from '../../bench/model/case.ts';
import { formatCount, formatPercent, formatValue } from '../../bench/model/format.ts';
import type { Plan } from '../../bench/model/plan.ts';
import type { ProfileName } from '../../bench/model/profile.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import { spokenName } from '../../bench/model/server.ts';
import { fewestBeyond, namedQuantiles } from '../analysis/pool-quantiles.ts';
import type { Distribution, ReportModel } from '../report-model.ts';
import { twinWord } from '../words/baseline-words.ts';
import { pathName } from '../words/path-words.ts';
import { jitterWords, lagRuleWords } from '../words/tail-words.ts';
import { type Drawing, figures } from './charts.ts';
import { type Html, html } from './markup.ts';
import { notices } from './notices.ts';
import { type Cell, type Row, table } from './table.ts';

/**
 * Shown for the load of one connection and for open load. Where many connections of a closed loop wait for each other,
 * a latency says how many there are.
 */
export function latencySection(model: ReportModel, drawings: readonly Drawing[]): Html | undefined {
  const { distributions, run } = model;
  if (distributions.length === 0) return undefined;
  const of = (name: ProfileName) => distributions.filter((it) => it.case.profile === name);
  const [closed, open] = [of('latency'), of('paced')];
  return html`<section aria-labelledby="latency">
<h2 id="latency">Slow requests: from the median to the last percentile</h2>
${notices(model, 'latency')}<p class="lead">${closed.length === 0 ? '' : 'One request at a time, all slices that count of all rounds together. '}${open.length === 0 ? '' : 'Open load: requests fall due at one rate on all paths, and each counts from the moment when it was due. '}Lower is better; a line that rises to the right has a long tail.</p>
${figures(model, drawings)}
${table({
  caption: 'How long a request takes, by percentile',
  head: 'Mode',
  columns: [
    { label: 'Responses', number: true },
    ...namedQuantiles.map((it) => ({ label: `p${Number((it * 100).toPrecision(4))}`, number: true })),
  ],
  groups: run.plan.servers.flatMap((server) =>
    [closed, open]
      .map((rows) => rows.filter((it) => it.case.server === server))
      .filter((rows) => rows.length > 0)
      .map((rows) => ({
        title: titleOf(rows, closed.length > 0 && open.length > 0),
        rows: rows.map((it) => rowOf(it, run.plan)),
      })),
  ),
  sortable: true,
})}
${closed.length === 0 ? '' : html`<p class="lead">Percentiles above the median ${open.length === 0 ? '' : 'of one request at a time '}get no interval and no verdict: a round has too few slow responses for that. ${missing(closed)}</p>`}
${openTimes(model)}</section>`;
}

function titleOf([first]: readonly Distribution[], withLoad: boolean): string {
  if (first === undefined) return '';
  const { server, profile } = first.case;
  return withLoad ? `${spokenName(server)}, ${readerWords[profile].reader}` : spokenName(server);
}

function rowOf(distribution: Distribution, plan: Plan): Row {
  return {
    head: headOf(distribution.case, plan),
    cells: [
      { content: formatCount(distribution.responses), sortBy: distribution.responses },
      ...namedQuantiles.map((quantile) => microsecondsCell(valueAt(distribution, quantile))),
    ],
  };
}

function headOf({ path, role }: Pick<Case, 'path' | 'role'>, plan: Plan): Html {
  const { mode, hint } = pathName(path, plan);
  return html`${mode}${role === 'twin' ? `, ${twinWord(path)}` : undefined}<small>${hint}</small>`;
}

function microsecondsCell(us: number | undefined): Cell {
  return us === undefined ? { content: '–' } : { content: formatValue(us, 'us'), sortBy: us };
}

/** What the tail of an open load is made of, and what the machine adds to it. */
function openTimes({ run, summary }: ReportModel): Html | undefined {
  const cases = summary.cases.filter(({ open }) => open !== undefined);
  if (cases.length === 0) return undefined;
  const jitter = jitterWords(summary);
  return html`${table({
    caption: 'What the slow requests of open load are made of',
    head: 'Mode',
    columns: [
      { label: 'From the actual send', small: 'p50', number: true },
      { label: 'From the actual send', small: 'p99', number: true },
      { label: 'From the actual send', small: 'p99.9', number: true },
      { label: 'Own lag of the load generator', small: 'p50', number: true },
      { label: 'Own lag of the load generator', small: 'p99', number: true },
      { label: 'Own lag of the load generator', small: 'p99.9', number: true },
    ],
    groups: [...new Set(cases.map(({ server }) => server))].map((server) => ({
      title: spokenName(server),
      rows: cases
        .filter((it) => it.server === server)
        .map((it) => ({
          head: headOf(it, run.plan),
          cells: [it.open?.serviceTime, it.open?.sendLag].flatMap((times) =>
            [times?.p50Us, times?.p99Us, times?.p999Us].map(microsecondsCell),
          ),
        })),
    })),
    sortable: true,
  })}
<p class="lead">The rest of a slow request is the time for which every connection was busy when it was due. ${lagRuleWords} ${jitter}</p>
`;
}

function valueAt({ points }: Distribution, quantile: number): number | undefined {
  return points.find((it) => Math.abs(it.quantile - quantile) < 1e-9)?.microseconds;
}

/** Why a percentile is a dash; empty where none is. */
function missing(distributions: readonly Distribution[]): string {
  const lacking = namedQuantiles.filter((it) => distributions.some((of) => valueAt(of, it) === undefined));
  const [lowest] = lacking;
  if (lowest === undefined) return '';
  const fewest = Math.min(...distributions.map(({ responses }) => responses));
  const needed = Math.round(fewestBeyond / (1 - lowest));
  return (
    `A dash: fewer than ${fewestBeyond} responses were slower. ${formatPercent(lowest)} takes ${formatCount(needed)} responses; ` +
    `the fewest here are ${formatCount(fewest)}. More rounds or --blocks give more.`
  );
}
