import { formatValue } from '../bench/model/format.ts';
import { type MetricName, metric } from '../bench/model/metric.ts';
import { type NetworkMode, pathOf } from '../bench/model/path.ts';
import type { ProfileName } from '../bench/model/profile.ts';
import type { ServerName } from '../bench/model/server.ts';
import { isMeasured } from '../bench/model/summary.ts';
import type { AnswerCell } from './first-screen/cells.ts';
import { type Matrix, type MatrixCell, matricesOf } from './first-screen/matrix.ts';
import type { ReportModel } from './report-model.ts';

/**
 * The matrix of a run of all paths, for layouts of plain text: a row for each way to a server, because the ways have
 * long names, and a column for each network mode.
 */
export interface WayTable {
  readonly server: ServerName;
  readonly profile: ProfileName;
  readonly metric: MetricName;
  readonly modes: readonly NetworkMode[];
  readonly rows: readonly WayRow[];
}

export interface WayRow {
  /** `client on the host`, or below it an address that this client dials: `by loopback`. */
  readonly label: string;
  readonly isAddress: boolean;
  /** Host mode's own value, as this client sees it. */
  readonly baseline?: string;
  /** One for each mode; `undefined` where no such path was measured. */
  readonly cells: readonly (AnswerCell | undefined)[];
}

export function wayTables(model: ReportModel): readonly WayTable[] {
  return matricesOf(model).map((matrix) => {
    const ways = waysOf(matrix);
    const modes = [...new Set(ways.flatMap(({ cells }) => cells.map(({ path }) => pathOf(path).mode)))];
    const clients = [...new Set(ways.map(({ client }) => client))];
    const { server, profile, metric: name } = matrix;
    return {
      ...{ server, profile, metric: name, modes },
      rows: clients.flatMap((client) =>
        clientRows(
          client,
          ways.filter((it) => it.client === client),
          modes,
        ),
      ),
    };
  });
}

interface Way {
  readonly client: string;
  readonly address?: string;
  readonly cells: readonly MatrixCell[];
}

/** IPv4 first: with IPv6, the client is another one. */
function waysOf({ columns, rows }: Matrix): readonly Way[] {
  return [undefined, 'ipv6'].flatMap((family) =>
    columns.flatMap(({ client, address }, index): readonly Way[] => {
      const column = rows.flatMap(({ cells }) => cells[index] ?? []);
      const cells = column.filter(({ path }) => pathOf(path).family === family);
      if (cells.length === 0) return [];
      const named = family === undefined ? client : `${client}, IPv6`;
      return [{ client: named, cells, ...(address === undefined ? {} : { address }) }];
    }),
  );
}

/** The client's own row, with the ways that need no address, and a row for each address. */
function clientRows(client: string, ways: readonly Way[], modes: readonly NetworkMode[]): readonly WayRow[] {
  const cellsOf = (way: Way | undefined) =>
    modes.map((mode) => way?.cells.find(({ path }) => pathOf(path).mode === mode)?.cell);
  const measured = ways.flatMap(({ cells }) =>
    cells.flatMap(({ cell: { overhead } }) => (isMeasured(overhead) ? [overhead] : [])),
  )[0];
  const baseline = measured && formatValue(measured.baselineValue, metric(measured.metric).unit);
  return [
    {
      label: client,
      isAddress: false,
      ...(baseline === undefined ? {} : { baseline }),
      cells: cellsOf(ways.find(({ address }) => address === undefined)),
    },
    ...ways.flatMap((way): readonly WayRow[] =>
      way.address === undefined ? [] : [{ label: way.address, isAddress: true, cells: cellsOf(way) }],
    ),
  ];
}
