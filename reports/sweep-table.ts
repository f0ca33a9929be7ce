import {
  formatChangeInterval,
  formatCount,
  formatPercent,
  formatPercentChange,
  formatValue,
} from '../bench/model/format.ts';
import { present } from '../bench/model/present.ts';
import { spokenName } from '../bench/model/server.ts';
import { reachesLevel, type Swept } from '../bench/model/summary.ts';
import type { BesideTable } from './beside-table.ts';
import type { ReportModel } from './report-model.ts';
import { limitName } from './words/case-words.ts';
import { caseName, pathName } from './words/path-words.ts';
import { uncountedSteps } from './words/sweep-words.ts';

/** Rate and latency over the number of connections, for every layout: tables of texts, and what to know about them. */
export const sweepTitle = 'How many connections it takes';

/** The share of the highest rate from which on more connections bring little. */
const nearlyAll = 0.95;

/** Empty for a run without a sweep. */
export function sweepTables(model: ReportModel): readonly BesideTable[] {
  const { sweep = [] } = model.summary;
  return sweep.length === 0 ? [] : [capacityTable(model, sweep), stepTable(model, sweep)];
}

/** The deployments of a sweep, each with its steps in the order of their connections. */
export function sweptDeployments(sweep: readonly Swept[]): readonly (readonly [Swept, ...Swept[]])[] {
  const found = new Map<string, [Swept, ...Swept[]]>();
  for (const step of sweep) {
    const id = `${step.server} ${step.baseline} ${step.path} ${step.role}`;
    const known = found.get(id);
    if (known === undefined) found.set(id, [step]);
    else known.push(step);
  }
  return [...found.values()];
}

/** Where the capacity of each path ends. */
function capacityTable({ run }: ReportModel, sweep: readonly Swept[]): BesideTable {
  const several = run.plan.comparisons.length > 1;
  const all = sweptDeployments(sweep);
  const servers = [...new Set(all.map(([{ server }]) => server))];
  return {
    title: 'Highest rate, and the fewest connections that nearly reach it',
    rowsAre: 'Mode',
    head: ['highest rate', `${formatPercent(nearlyAll)} of it from`, 'median latency there', 'limit there'],
    groups: servers.map((server) => ({
      title: spokenName(server),
      rows: all
        .filter(([first]) => first.server === server)
        .map((steps) => {
          const [first] = steps;
          const highest = Math.max(...steps.map(({ requestsPerSecond }) => requestsPerSecond));
          const enough =
            steps.find(({ requestsPerSecond }) => requestsPerSecond >= nearlyAll * highest) ?? first;
          return {
            name: caseName(first, several),
            ...present({ hint: pathName(first.path, run.plan).hint }),
            cells: [
              formatValue(highest, 'rps'),
              fewestWords(enough, steps),
              formatValue(enough.latencyP50Us, 'us'),
              limitName(enough),
            ],
          };
        }),
    })),
    note: 'Fewer connections leave a server waiting for requests. More of them make requests wait for each other: the rate stays, and the latency grows with the number of connections.',
  };
}

/** The last step may not be where the growth ends. */
function fewestWords({ connections }: Swept, steps: readonly Swept[]): string {
  const words = `${formatCount(connections)} connection${connections === 1 ? '' : 's'}`;
  return steps.length > 1 && steps.at(-1)?.connections === connections ? `${words} or more` : words;
}

/** All steps of all paths. */
function stepTable(model: ReportModel, sweep: readonly Swept[]): BesideTable {
  const { confidence, comparisons } = model.run.plan;
  return {
    title: 'At each number of connections',
    rowsAre: 'Connections',
    head: ['rate', 'in the rounds', 'against host', 'median latency', 'limit'],
    groups: sweptDeployments(sweep).map((steps) => ({
      title: `${spokenName(steps[0].server)}, ${caseName(steps[0], comparisons.length > 1)}`,
      rows: steps.map((step) => ({
        name: formatCount(step.connections),
        cells: [
          formatValue(step.requestsPerSecond, 'rps'),
          rangeWords(step),
          changeWords(step, confidence),
          formatValue(step.latencyP50Us, 'us'),
          limitName(step),
        ],
      })),
    })),
    note: stepNote(model, sweep),
  };
}

function rangeWords({ lowestRequestsPerSecond, highestRequestsPerSecond }: Swept): string {
  const [low, high] = [lowestRequestsPerSecond, highestRequestsPerSecond].map((it) => formatValue(it, 'rps'));
  return `${low?.replace(/ .*/, '')} to ${high}`;
}

function changeWords({ rateChange }: Swept, level: number): string {
  if (rateChange === undefined) return '';
  if (!reachesLevel(rateChange, level))
    return `${formatPercentChange(rateChange.ratio)}, no ${formatPercent(level)} interval`;
  return formatChangeInterval(rateChange);
}

function stepNote(model: ReportModel, sweep: readonly Swept[]): string {
  const rounds = Math.max(...sweep.map((it) => it.rounds));
  const uncounted = uncountedSteps(model);
  return `Medians of ${formatCount(rounds)} round${rounds === 1 ? '' : 's'}. Each connection sends its next request as soon as the last one is answered. Compared paths take turns, and have the same numbers of connections.${uncounted === undefined ? '' : ` ${uncounted}`}`;
}
