import {
  formatDifference,
  formatPercent,
  formatSeconds,
  formatSignedValue,
  formatValue,
} from '../bench/model/format.ts';
import { present } from '../bench/model/present.ts';
import { spokenName } from '../bench/model/server.ts';
import { type BesideKind, type BesideRequests, reachesLevel } from '../bench/model/summary.ts';
import type { Lookup } from '../bench/model/timed-once.ts';
import { showsStart } from './analysis/beside-requests.ts';
import type { ReportModel } from './report-model.ts';
import { caseName, pathName } from './words/path-words.ts';

/** What a mode costs besides requests, for every layout: tables of texts, and what to know about them. */
export const besideTitle = 'What a mode costs besides requests';

/** A table of figures without verdicts, as every layout shows it. */
export interface BesideTable {
  readonly title: string;
  /** What the rows are named by. */
  readonly rowsAre: 'Mode' | 'Question' | 'Connections';
  /** Over the columns beside the rows' names. */
  readonly head: readonly string[];
  readonly groups: readonly {
    /** What all its rows have in common. */
    readonly title: string;
    readonly rows: readonly BesideRow[];
  }[];
  /** What to know when reading it. */
  readonly note: string;
}

interface BesideRow {
  readonly name: string;
  /** How a user gets this mode. */
  readonly hint?: string;
  readonly cells: readonly string[];
}

interface Column {
  readonly head: string;
  readonly what: BesideKind;
  /** median: of the rounds. range: the lowest and the highest round. difference: to the baseline, with its interval. */
  readonly shows: 'median' | 'range' | 'difference';
}

const startColumns: readonly Column[] = [
  { head: 'create', what: 'create', shows: 'median' },
  { head: 'start', what: 'start', shows: 'median' },
  { head: 'first answer', what: 'answer', shows: 'median' },
  { head: 'together', what: 'ready', shows: 'median' },
  { head: 'in the rounds', what: 'ready', shows: 'range' },
  { head: 'difference to host', what: 'ready', shows: 'difference' },
];

const taskColumns: readonly Column[] = [
  { head: 'TCP connect', what: 'connect', shows: 'median' },
  { head: 'difference to host', what: 'connect', shows: 'difference' },
  { head: 'one request', what: 'request', shows: 'median' },
  { head: 'difference to host', what: 'request', shows: 'difference' },
];

/** Empty where nothing was timed. */
export function besideTables(model: ReportModel): readonly BesideTable[] {
  return [
    tableOf(model, 'From creation to the first answer', startColumns, startNote(model)),
    tableOf(model, 'One at a time, without load', taskColumns, taskNote(model)),
    lookupTable(model),
  ].filter(({ groups }) => groups.length > 0);
}

function tableOf(
  { run, summary }: ReportModel,
  title: string,
  columns: readonly Column[],
  note: string,
): BesideTable {
  const several = run.plan.comparisons.length > 1;
  const rows = (summary.besideRequests ?? []).filter(({ what }) => columns.some((it) => it.what === what));
  const groups = [...new Set(rows.map(({ server }) => server))].map((server) => {
    const own = rows.filter((it) => it.server === server);
    const named = own.map((it) => ({ it, name: caseName(it, several) }));
    return {
      title: spokenName(server),
      rows: [...new Map(named.map(({ it, name }) => [name, it.path]))].map(([name, path]) => ({
        name,
        ...present({ hint: pathName(path, run.plan).hint }),
        cells: columns.map((column) =>
          cellOf(
            column,
            named.find((row) => row.name === name && row.it.what === column.what)?.it,
            run.plan.confidence,
          ),
        ),
      })),
    };
  });
  return { title, rowsAre: 'Mode', head: columns.map(({ head }) => head), groups, note };
}

function cellOf({ shows }: Column, row: BesideRequests | undefined, level: number): string {
  if (row === undefined) return '–';
  const { medianSeconds, lowestSeconds, highestSeconds, compared } = row;
  switch (shows) {
    case 'median':
      return formatSeconds(medianSeconds);
    case 'range':
      return `${formatSeconds(lowestSeconds)} to ${formatSeconds(highestSeconds)}`;
    case 'difference':
      return compared === undefined ? '' : differenceWords(compared, level);
  }
}

function differenceWords(
  {
    differenceSeconds,
    differenceLowSeconds,
    differenceHighSeconds,
    confidence,
  }: NonNullable<BesideRequests['compared']>,
  level: number,
): string {
  const value = differenceSeconds * 1e6;
  if (!reachesLevel({ confidence }, level))
    return `${formatSignedValue(value, 'us')}, no ${formatPercent(level)} interval`;
  return formatDifference(value, differenceLowSeconds * 1e6, differenceHighSeconds * 1e6, 'us');
}

/** What is asked, by who answers it. */
const questions = {
  bench: "a name that bench's name server knows",
  container: "a container's name",
  localhost: 'localhost',
} as const satisfies Record<Lookup['asked'], string>;

function lookupTable({ summary: { lookups = [] } }: ReportModel): BesideTable {
  return {
    title: 'A DNS lookup, one at a time',
    rowsAre: 'Question',
    head: ['answer', 'median', 'three of four within'],
    groups: [...new Set(lookups.map(({ mode }) => mode))].map((mode) => ({
      title: mode,
      rows: lookups
        .filter((it) => it.mode === mode)
        .map(({ asked, nameServers, timed }) => ({
          name: `${questions[asked]}, asked of ${nameServers.join(', ') || 'no name server'}`,
          cells:
            'problem' in timed
              ? [`no answer: ${timed.problem}`, '–', '–']
              : ['answered', ...[timed.p50Us, timed.p75Us].map((us) => formatValue(us, 'us'))],
        })),
    })),
    note: "Timed once. A container on a bridge of one's own asks the engine's resolver (127.0.0.11), which answers for the names of containers and passes all others on. A name that bench's name server knows is asked of it directly in host mode, and through that resolver on the bridge: the difference is what the resolver adds. The default bridge has no such resolver: its containers ask the host's name servers.",
  };
}

function startNote({ run, evidence }: ReportModel): string {
  const shown = evidence.filter(({ round }) => showsStart(run.plan, round));
  const atOnce = Math.max(1, ...shown.map(({ start }) => start?.atOnce ?? 1));
  const how =
    atOnce === 1
      ? 'The servers of a round started one after the other.'
      : `Up to ${atOnce} servers started at once, so each time includes waiting for the others; with --probes they start one after the other.`;
  return `Medians over ${timedIn(run, evidence)}. ${how} The start includes that of the container's network, and of docker-proxy where there is one. The first answer is asked for every 20 ms; time in which bench itself kept a server from listening is left out, as is the container that a mapped server joins.${run.plan.service === undefined ? '' : guarded}`;
}

/** In a long run not every round times them. */
function timedIn({ plan }: ReportModel['run'], evidence: ReportModel['evidence']): string {
  const all = new Set(evidence.map(({ round }) => round));
  const timed = [...all].filter((round) => showsStart(plan, round)).length;
  return timed === all.size ? 'the rounds' : `${timed} of the rounds`;
}

/** A service's own image has no gate at which bench could hold it. */
const guarded =
  ' On a bridge the first answer is asked for only when the firewall keeps others from the container: a service that is ready sooner seems slower there by that time.';

function taskNote({ run, evidence }: ReportModel): string {
  const problems = evidence.flatMap(({ path, round, probes }) =>
    Object.entries(probes ?? {}).flatMap(([task, timed]) =>
      'problem' in timed ? [`${task} on ${path} in round ${round}: ${timed.problem}`] : [],
    ),
  );
  const [first] = problems;
  const failed = first === undefined ? '' : ` Without a figure: ${problems.length}, the first ${first}.`;
  return `Medians over ${timedIn(run, evidence)} of each round's median, as the load generator's program sees it: its own time is part of both sides.${failed}`;
}
