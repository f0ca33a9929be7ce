import { profileNameSchema } from '../../bench/model/profile.ts';
import { runStateSchema } from '../../bench/model/run.ts';
import { overheadSchema } from '../../bench/model/summary.ts';
import { type Columns, saysOf } from '../csv/csv-table.ts';
import { pathColumns, runColumn } from '../csv/shared-columns.ts';
import { type ExportRow, unitOf } from './export-rows.ts';

const { shape } = overheadSchema.options[0];

/** The columns of csv-long and the keys of ndjson: one row is one figure of one run. */
export const longColumns: Columns<ExportRow> = {
  ...runColumn<ExportRow>(({ record }) => record.run.runId),
  started_at: { says: 'When the first round began, UTC.', of: ({ record }) => record.run.startedAt },
  state: { says: saysOf(runStateSchema), of: ({ record }) => record.run.state },
  fingerprint: {
    says: 'Stands for machine, kernel, engine, settings, method and the image of a service. Compare absolute figures only where it is the same.',
    of: ({ fingerprint }) => fingerprint,
  },
  figure: {
    says: 'Its name in bench report --explain: server:profile:path:metric, with case: before it where it is absolute.',
    of: ({ name }) => name,
  },
  server: { says: saysOf(shape.server), of: ({ server }) => server },
  profile: { says: saysOf(profileNameSchema), of: ({ profile }) => profile },
  ...pathColumns<ExportRow>((row) => row),
  baseline: {
    says: 'The path that it is compared with. Empty for absolute figures.',
    of: ({ baseline }) => baseline,
  },
  metric: { says: saysOf(shape.metric), of: ({ metric }) => metric },
  declared: { says: saysOf(shape.declared), of: ({ declared }) => declared },
  quantity: {
    says: 'ratio: contender over baseline. difference: contender minus baseline. absolute: the case by itself, over its rounds.',
    of: ({ quantity }) => quantity,
  },
  unit: { says: 'Unit of value and bounds: ratio, us, requests/s or MB/s.', of: unitOf },
  value: {
    says: 'The figure. Empty where a declared comparison has no data that count.',
    unit: 'that of `unit`',
    of: ({ value }) => value,
  },
  low: {
    says: 'Lower bound of its interval. Absolute figures have none.',
    unit: 'that of `unit`',
    of: ({ low }) => low,
  },
  high: { says: 'Upper bound of its interval.', unit: 'that of `unit`', of: ({ high }) => high },
  confidence: { says: saysOf(shape.confidence), of: ({ confidence }) => confidence },
  rounds: { says: 'Rounds that it rests on: the n.', of: ({ rounds }) => rounds },
  verdict: { says: saysOf(shape.verdict), of: ({ verdict }) => verdict },
};
