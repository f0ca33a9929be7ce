import { dataNumber } from '../../bench/model/data-keys.ts';
import { grouped } from '../../bench/model/grouped.ts';
import { printable } from '../../bench/model/printable.ts';
import type { RunRecord } from '../../bench/model/run-record.ts';
import { type ExportRow, type Quantity, unitOf } from './export-rows.ts';
import type { Rendered } from './rendered.ts';

type Labels = Readonly<Record<string, string>>;

interface Sample {
  readonly labels: Labels;
  readonly value: number;
  readonly record: RunRecord;
}

interface Family {
  readonly name: string;
  readonly says: string;
  readonly samples: readonly Sample[];
}

/**
 * OpenMetrics 1.0 text (https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md). A run by
 * itself has no timestamps: the textfile collector of node_exporter and the push gateway refuse them. Several runs have
 * them, because only they tell the runs apart: such a file is for `promtool tsdb create-blocks-from openmetrics`.
 *
 * What the run does not rely on is left out, because a gauge has no place for a verdict.
 */
export function renderOpenMetrics(rows: readonly ExportRow[]): Rendered {
  const all = [...new Set(rows.map(({ record }) => record))];
  const stamped = all.length > 1;
  // A series has one value at a time.
  const byStart = [...grouped(all, secondsOf).values()];
  const records = byStart.flatMap(([first]) => first ?? []);
  const counted = new Set(records);
  const surplus = byStart.flatMap(([, ...others]) => others);
  const lines = familiesOf(
    records,
    rows.filter(({ trusted, record }) => trusted && counted.has(record)),
  )
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, says, samples }) => [
      `# TYPE ${name} gauge`,
      `# HELP ${name} ${escaped(says)}`,
      ...bySeries(samples).map((sample) => lineOf(name, sample, stamped)),
    ]);
  return {
    text: `${[...lines, '# EOF'].join('\n')}\n`,
    notes: surplus.map(({ run }) => `${run.runId} is left out: another run began at ${run.startedAt} too`),
  };
}

function familiesOf(records: readonly RunRecord[], rows: readonly ExportRow[]): readonly Family[] {
  const of = (quantity: Quantity, part: 'value' | 'low' | 'high') =>
    rows
      .filter((row) => row.quantity === quantity)
      .flatMap((row): readonly Sample[] => {
        const { [part]: value, record } = row;
        return value === undefined ? [] : [{ labels: labelsOf(row), value: dataNumber(value), record }];
      });
  return [
    {
      name: 'bench_run_start_time_seconds',
      says: 'When the first round of the run began, in Unix time.',
      samples: records.map((record) => ({ labels: {}, value: secondsOf(record), record })),
    },
    {
      name: 'bench_overhead_ratio',
      says: 'Contender over baseline in the metric: 1 is no overhead.',
      samples: of('ratio', 'value'),
    },
    {
      name: 'bench_overhead_ratio_low',
      says: 'Lower bound of the interval of the ratio.',
      samples: of('ratio', 'low'),
    },
    {
      name: 'bench_overhead_ratio_high',
      says: 'Upper bound of the interval of the ratio.',
      samples: of('ratio', 'high'),
    },
    {
      name: 'bench_overhead_difference',
      says: 'Contender minus baseline, in the unit of the label.',
      samples: of('difference', 'value'),
    },
    {
      name: 'bench_overhead_difference_low',
      says: 'Lower bound of the interval of the difference.',
      samples: of('difference', 'low'),
    },
    {
      name: 'bench_overhead_difference_high',
      says: 'Upper bound of the interval of the difference.',
      samples: of('difference', 'high'),
    },
    {
      name: 'bench_absolute',
      says: 'A case by itself, in the unit of the label. Compare it only under the same fingerprint.',
      samples: of('absolute', 'value'),
    },
  ];
}

function labelsOf(row: ExportRow): Labels {
  const { server, profile, path, role, baseline, metric, declared, quantity, fingerprint } = row;
  return {
    ...{ server, profile, path, role },
    ...(baseline === undefined ? {} : { baseline }),
    ...{ metric, declared: String(declared) },
    ...(quantity === 'ratio' ? {} : { unit: unitOf(row) }),
    ...(quantity === 'absolute' ? { fingerprint } : {}),
  };
}

/** The samples of a series stand together, as the format demands. */
function bySeries(samples: readonly Sample[]): readonly Sample[] {
  return [...grouped(samples, ({ labels }) => JSON.stringify(labels)).values()].flat();
}

function lineOf(name: string, { labels, value, record }: Sample, stamped: boolean): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  const braces = pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
  return `${name}${braces} ${value}${stamped ? ` ${secondsOf(record)}` : ''}`;
}

function secondsOf({ run }: RunRecord): number {
  return Date.parse(run.startedAt) / 1_000;
}

/** Backslash, quote and line feed are escaped, which is all that the format asks for. */
function escaped(text: string): string {
  return printable(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
