import type { MetricName } from '../../bench/model/metric.ts';
import {
  type Address,
  addresses,
  type Path,
  type PathId,
  pathOf,
  type Vantage,
  vantages,
} from '../../bench/model/path.ts';
import type { ProfileName } from '../../bench/model/profile.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import type { ServerName } from '../../bench/model/server.ts';
import { isMeasured, type Overhead } from '../../bench/model/summary.ts';
import type { ReportModel } from '../report-model.ts';
import { type AnswerCell, answerCells } from './cells.ts';

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
      const cells = answerCells(own, summary.cases, plan.confidence).map((cell) => ({
        path: cell.overhead.path,
        cell,
      }));
      const columns = [...new Set(own.map(columnKey))].toSorted(byClient);
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

/**
 * An external client has one way to each mode: the address tells nothing that the mode does not. A native process has
 * no address of its own. On the host it is dialled at loopback, and from a container where a published port is.
 */
function columnKey({ path }: Pick<Overhead, 'path'>): string {
  const { mode, vantage, address } = pathOf(path);
  if (vantage === 'external' || vantage === 'inside') return vantage;
  if (address !== undefined) return `${vantage}/${address}`;
  return mode === 'native' ? `${vantage}/${nativeAddress[vantage]}` : vantage;
}

const nativeAddress = { host: 'loopback', neighbor: 'published' } as const satisfies Record<
  Exclude<Vantage, 'external' | 'inside'>,
  Address
>;

/** Columns of one client stand together, under one head. */
function byClient(one: string, other: string): number {
  const place = (key: string) => vantages.findIndex((it) => key.startsWith(it));
  return place(one) - place(other);
}

function columnOf(overheads: readonly Overhead[], key: string): MatrixColumn {
  const own = overheads.find((it) => columnKey(it) === key);
  if (own === undefined) throw new Error(`no path is in the column ${key}`);
  const address = addresses.find((it) => key.endsWith(`/${it}`));
  const client = readerWords[pathOf(own.path).vantage].reader;
  return address === undefined ? { client } : { client, address: readerWords[address].reader };
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
