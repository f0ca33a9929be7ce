import { formatValue } from '../bench/model/format.ts';
import { type MetricName, metric } from '../bench/model/metric.ts';
import { type NetworkMode, pathOf } from '../bench/model/path.ts';
import { profileNames } from '../bench/model/profile.ts';
import { spokenName } from '../bench/model/server.ts';
import { type Answers, answersOf, type PathAnswers } from './answers.ts';
import { type AnswerCell, answerCells } from './first-screen/cells.ts';
import type { ReportModel } from './report-model.ts';
import { baselineWords } from './words/baseline-words.ts';
import { clientLabel, pathLabel } from './words/path-words.ts';

/** The main results of one server, seen by one client: a row for the baseline, then one a mode. */
export interface AnswerTable {
  /** `client over a virtual link`. */
  readonly client: string;
  readonly baseline: { readonly label: string; readonly values: readonly (string | undefined)[] };
  readonly rows: readonly AnswerRow[];
}

export interface AnswerRow {
  readonly label: string;
  readonly isTwin: boolean;
  /** One for each question of the run. */
  readonly cells: readonly (AnswerCell | undefined)[];
  /** Two modes whose packets take the same path: this row's, and another row's. */
  readonly sameAs?: readonly [own: NetworkMode, other: NetworkMode];
}

/** The questions of a run in their order, which are the columns of every table. */
export function questionsOf({ run: { plan } }: ReportModel): readonly MetricName[] {
  return plan.profiles
    .toSorted((a, b) => profileNames.indexOf(a.name) - profileNames.indexOf(b.name))
    .map(({ declaredMetric }) => declaredMetric);
}

/** The head of a question's column: it fits a phone. */
export function questionHead(name: MetricName): string {
  const { kind, label, head } = metric(name);
  return head ?? (kind === 'tail' ? label : questionHeads[kind]);
}

const questionHeads = {
  latency: 'one request',
  cpu: 'CPU a request',
  capacity: 'capacity',
} as const satisfies Record<Exclude<ReturnType<typeof metric>['kind'], 'tail'>, string>;

/**
 * One table for each server and baseline.
 * @param withTwins the noise check as a row. A run that compares nothing else always has it.
 */
export function answerTables(model: ReportModel, withTwins: boolean): readonly AnswerTable[] {
  const questions = questionsOf(model);
  // Each table of several has a heading with its client, and with the client's version of the internet protocol.
  const single = model.run.plan.comparisons.length === 1;
  return answersOf(model).map((answers) => {
    const { server, baseline, paths } = answers;
    const compared = paths.filter(({ role }) => role === 'contender');
    const twins = paths.filter(({ role }) => role === 'twin');
    const rowsOf = (own: readonly PathAnswers[]) => answerRows(own, questions, single, model);
    const rows = [...rowsOf(compared), ...(withTwins || compared.length === 0 ? rowsOf(twins) : [])];
    return {
      client: clientLabel(baseline),
      baseline: {
        label: `${spokenName(server)}, ${pathLabel(baseline, single)}`,
        values: questions.map((it, column) =>
          // What the load generator limited is not the server's capacity, in host mode neither.
          rows.every(({ cells }) => isUnmeasured(cells[column])) ? undefined : baselineValue(answers, it),
        ),
      },
      rows,
    };
  });
}

/** All rows share the unit and the precision of each column. */
function answerRows(
  paths: readonly PathAnswers[],
  questions: readonly MetricName[],
  withFamily: boolean,
  { run, summary }: ReportModel,
): readonly AnswerRow[] {
  const columns = questions.map((question) => {
    const overheads = paths.flatMap((it) => it.overheads.filter(({ metric: name }) => name === question));
    return answerCells(overheads, summary.cases, run.plan.confidence);
  });
  return paths.map(({ path, role, sameAs, overheads }) => ({
    label: role === 'twin' ? baselineWords(run.plan).twinRow : pathLabel(path, withFamily),
    isTwin: role === 'twin',
    cells: columns.map((cells) => cells.find(({ overhead }) => overheads.includes(overhead))),
    ...(sameAs === undefined ? {} : { sameAs: [pathOf(path).mode, pathOf(sameAs).mode] }),
  }));
}

function isUnmeasured(cell: AnswerCell | undefined): boolean {
  return cell === undefined || cell.state === 'unmeasured';
}

function baselineValue({ values }: Answers, question: MetricName): string | undefined {
  const found = values.find((it) => it.metric === question);
  return found && formatValue(found.baselineValue, metric(question).unit);
}

/** Below the tables: which modes are one path. Empty where none are. */
export function samePathWords(tables: readonly AnswerTable[]): readonly string[] {
  const pairs = tables.flatMap(({ rows }) =>
    rows.flatMap(({ sameAs }) => (sameAs === undefined ? [] : [sameAs])),
  );
  return [
    ...new Set(pairs.map(([own, other]) => `${own}: its packets take the same path as those of ${other}.`)),
  ];
}
