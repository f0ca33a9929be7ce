import type { MetricName } from '../../bench/model/metric.ts';
import { type Path, type PathId, pathOf } from '../../bench/model/path.ts';
import type { ProfileName } from '../../bench/model/profile.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import type { ServerName } from '../../bench/model/server.ts';
import { isMeasured, type Overhead } from '../../bench/model/summary.ts';
import type { ReportModel } from '../report-model.ts';
import { type AnswerCell, answerCell } from './cells.ts';

/** The main results of one server and load: a row a network mode, a column a way to reach it. */
export interface Matrix {
  readonly server: ServerName;
  readonly profile: ProfileName;
  readonly metric: MetricName;
  readonly columns: readonly MatrixColumn[];
  readonly rows: readonly MatrixRow[];
}

interface MatrixColumn {
  /** Where the client stands: `client over a virtual link`. */
  readonly client: string;
  /** What it dials: `by the published port`; absent where there is only one address. */
  readonly address?: string;
}

interface MatrixRow {
  /** `bridge`, `bridge, IPv6`. */
  readonly mode: string;
  /** One for each column; `undefined` where no such path was measured. */
  readonly cells: readonly (MatrixCell | undefined)[];
}

export interface MatrixCell {
  readonly path: PathId;
  readonly cell: AnswerCell;
}

/** One matrix for each server and load profile that has main results. */
export function matricesOf({ run: { plan }, summary }: ReportModel): readonly Matrix[] {
  return plan.servers.flatMap((server) =>
    plan.profiles.flatMap((profile): readonly Matrix[] => {
      const own = summary.overheads.filter(
        (it) => it.declared && it.server === server && it.profile === profile.name,
      );
      if (own.length === 0) return [];
      const cells = own.map((overhead) => ({
        path: overhead.path,
        cell: answerCell(overhead, summary.cases, plan.confidence),
      }));
      const columns = [...new Set(own.map(columnKey))];
      const modes = [...new Set(own.map(({ path }) => modeLabel(pathOf(path))))];
      return [
        {
          ...{ server, profile: profile.name, metric: profile.declaredMetric },
          columns: columns.map((key) => columnOf(own, key)),
          rows: modes.map((mode) => ({
            mode,
            cells: columns.map((key) =>
              cells.find(
                ({ path, cell }) => modeLabel(pathOf(path)) === mode && columnKey(cell.overhead) === key,
              ),
            ),
          })),
        },
      ];
    }),
  );
}

function columnKey({ path }: Pick<Overhead, 'path'>): string {
  const { vantage, address } = pathOf(path);
  // An external client has one way to each mode: the address tells nothing that the mode does not.
  return vantage === 'external' || address === undefined ? vantage : `${vantage}/${address}`;
}

function columnOf(overheads: readonly Overhead[], key: string): MatrixColumn {
  const paths = overheads.filter((it) => columnKey(it) === key).map(({ path }) => pathOf(path));
  const [first] = paths;
  if (first === undefined) throw new Error(`no path is in the column ${key}`);
  const client = readerWords[first.vantage].reader;
  if (first.vantage === 'external' || first.address === undefined) return { client };
  return { client, address: readerWords[first.address].reader };
}

function modeLabel({ mode, family }: Path): string {
  return family === undefined ? mode : `${mode}, IPv6`;
}

/** The cell with the largest measured relative change; `undefined` where nothing was measured. */
export function costliest(matrix: Matrix): MatrixCell | undefined {
  const size = ({ cell: { overhead } }: MatrixCell) => (isMeasured(overhead) ? overhead.ratio : 0);
  return matrix.rows
    .flatMap(({ cells }) => cells.filter((it) => it !== undefined))
    .filter(({ cell }) => cell.state === 'worse')
    .toSorted((a, b) => size(b) - size(a))[0];
}
