import { readerWords } from '../../bench/model/reader-words.ts';
import { spokenName } from '../../bench/model/server.ts';
import { stateMarks } from '../first-screen/cells.ts';
import type { ReportModel } from '../report-model.ts';
import { type WayTable, wayTables } from '../way-table.ts';
import { questionWords } from '../words/overhead-words.ts';
import { legendLines, stateStyles } from './answer-lines.ts';
import {
  type Cell,
  cell,
  fits,
  heads,
  type Line,
  paragraph,
  type Row,
  type Table,
  tableLines,
} from './layout.ts';

/**
 * The matrix of a run of all paths: a row for each way to the server, a column for each mode, each cell a change
 * against host mode with its mark. `undefined` where the terminal is too narrow: the answers tell all of it then.
 */
export function wayLines(model: ReportModel, width: number): readonly Line[] | undefined {
  const told = wayTables(model).map((it) => ({ ways: it, table: tableOf(it) }));
  if (!told.every(({ table }) => fits(table, width))) return undefined;
  const cells = told.flatMap(({ ways }) => ways.rows.flatMap((row) => row.cells));
  return [
    ...told.flatMap(({ ways, table }) => [
      ...paragraph(titleOf(ways), width, 'bold'),
      ...tableLines(table, width),
    ]),
    ...legendLines(cells, width),
  ];
}

function titleOf({ server, profile, metric }: WayTable): string {
  return (
    `${spokenName(server)}, ${readerWords[profile].reader}: ${questionWords({ metric })}, ` +
    'change against host mode'
  );
}

function tableOf({ modes, rows }: WayTable): Table {
  return {
    head: heads(['host', ...modes]),
    rows: rows.map((row): Row => {
      const label: Cell = { ...cell(row.label), indent: row.isAddress ? '  ' : '', hanging: '    ' };
      return [label, cell(row.baseline ?? ''), ...row.cells.map(wayText)];
    }),
    align: 'right',
    wraps: false,
  };
}

function wayText(it: WayTable['rows'][number]['cells'][number]): Cell {
  if (it === undefined) return cell('');
  const { state, percent } = it;
  return cell(
    percent === undefined ? stateMarks[state] : `${percent} ${stateMarks[state]}`,
    stateStyles[state],
  );
}
