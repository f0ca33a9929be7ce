import { formatCount, formatPercent, formatValue } from '../../bench/model/format.ts';
import { spokenName } from '../../bench/model/server.ts';
import { fewestBeyond, namedQuantiles } from '../analysis/latency-pool.ts';
import type { Distribution, ReportModel } from '../report-model.ts';
import { pathName } from '../words/path-words.ts';
import { type Drawing, figures } from './charts.ts';
import { type Html, html } from './markup.ts';
import { table } from './table.ts';

/** Shown for the load of one connection only: where connections wait for each other, a latency says how many there are. */
export function latencySection(model: ReportModel, drawings: readonly Drawing[]): Html | undefined {
  const { distributions } = model;
  if (distributions.length === 0) return undefined;
  return html`<section aria-labelledby="latency">
<h2 id="latency">Slow requests: from the median to the last percentile</h2>
<p class="lead">One request at a time, all slices that count of all rounds together. Lower is better; a line that rises to the right has a long tail.</p>
${figures(model, drawings)}
${table({
  caption: 'How long a request takes, by percentile',
  head: 'Mode',
  columns: [
    { label: 'Responses', number: true },
    ...namedQuantiles.map((it) => ({ label: `p${Number((it * 100).toPrecision(4))}`, number: true })),
  ],
  groups: model.run.plan.servers.map((server) => ({
    title: spokenName(server),
    rows: distributions
      .filter((it) => it.case.server === server)
      .map((it) => {
        const { mode, hint } = pathName(it.case.path, model.run.plan);
        return {
          head: html`${mode}${it.case.role === 'twin' ? ', second copy' : undefined}<small>${hint}</small>`,
          cells: [
            { content: formatCount(it.responses), sortBy: it.responses },
            ...namedQuantiles.map((quantile) => {
              const us = valueAt(it, quantile);
              return us === undefined ? '–' : { content: formatValue(us, 'us'), sortBy: us };
            }),
          ],
        };
      }),
  })),
  sortable: true,
})}
<p class="lead">Percentiles above the median get no interval and no verdict: a round has too few slow responses for that. ${missing(distributions)}</p>
</section>`;
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
