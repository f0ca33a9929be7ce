import type { Role } from '../../bench/model/case.ts';
import { untrustedOverhead } from '../../bench/model/distrust.ts';
import { absoluteFingerprint, seriesKey } from '../../bench/model/fingerprint.ts';
import { type MetricName, metrics } from '../../bench/model/metric.ts';
import type { PathId } from '../../bench/model/path.ts';
import { present } from '../../bench/model/present.ts';
import type { ProfileName } from '../../bench/model/profile.ts';
import type { RunRecord } from '../../bench/model/run-record.ts';
import type { ServerName } from '../../bench/model/server.ts';
import {
  type CaseSummary,
  isMeasured,
  lacksVerdict,
  type Overhead,
  type Summary,
  type Verdict,
} from '../../bench/model/summary.ts';
import { caseName, overheadName } from '../explanation/figure-names.ts';

/** What a value is: contender over baseline, contender minus baseline, or a case by itself. */
export type Quantity = 'ratio' | 'difference' | 'absolute';

/** One figure of one run, as all formats see it. */
export interface ExportRow {
  readonly record: RunRecord;
  /** Decides whether absolute figures of two runs may stand in one series. */
  readonly fingerprint: string;
  /** The name under which `bench report --explain` knows it. */
  readonly name: string;
  readonly server: ServerName;
  readonly profile: ProfileName;
  readonly path: PathId;
  readonly role: Role;
  /** Absent for absolute figures. */
  readonly baseline?: PathId;
  readonly metric: MetricName;
  readonly declared: boolean;
  readonly quantity: Quantity;
  /** Absent where the run has no data that count. */
  readonly value?: number;
  readonly low?: number;
  readonly high?: number;
  readonly confidence?: number;
  readonly rounds?: number;
  readonly verdict?: Verdict;
  /** Whether the run relies on it: only then may it go where there is no place for a verdict. */
  readonly trusted: boolean;
}

/** A ratio that a tool without a place for verdicts may have. */
export interface TrustedRatio extends ExportRow {
  readonly baseline: PathId;
  readonly value: number;
  readonly low: number;
  readonly high: number;
  readonly confidence: number;
  readonly rounds: number;
}

/**
 * All figures of a run: overheads first, those of declared metrics before the others, then the twin's, then absolute
 * figures.
 */
export function exportRows(record: RunRecord): readonly ExportRow[] {
  const { overheads, twin } = record.summary;
  const fingerprint = seriesKey(absoluteFingerprint(record.run));
  return [
    ...overheads.filter(({ declared }) => declared).flatMap(compared('contender', overheads)),
    ...overheads.filter(({ declared }) => !declared).flatMap(compared('contender', overheads)),
    ...twin.flatMap(compared('twin', twin)),
    ...absolutes(record, fingerprint),
  ];

  function compared(
    role: 'contender' | 'twin',
    all: readonly Overhead[],
  ): (overhead: Overhead) => readonly ExportRow[] {
    return (overhead) => {
      const { server, profile, path, baseline, metric, declared, verdict } = overhead;
      const head = {
        ...{ record, fingerprint, name: overheadName(overhead, role, record.run.plan) },
        ...{ server, profile, path, role, baseline, metric, declared, ...present({ verdict }) },
        trusted: untrustedOverhead(overhead, all) === undefined && !lacksVerdict(overhead),
      };
      if (!isMeasured(overhead)) return [{ ...head, quantity: 'ratio' }];
      const { confidence, rounds, ratio, ratioLow, ratioHigh } = overhead;
      const { difference, differenceLow, differenceHigh } = overhead;
      const both = { ...head, confidence, rounds };
      return [
        { ...both, quantity: 'ratio', value: ratio, low: ratioLow, high: ratioHigh },
        { ...both, quantity: 'difference', value: difference, low: differenceLow, high: differenceHigh },
      ];
    };
  }
}

function absolutes(record: RunRecord, fingerprint: string): readonly ExportRow[] {
  const { plan } = record.run;
  return record.summary.cases.flatMap((it) =>
    metricsIn(it.values).map(([metric, value]): ExportRow => {
      const { server, profile, path, role, rounds } = it;
      const declared = plan.profiles.some(
        ({ name, declaredMetric }) => name === profile && declaredMetric === metric,
      );
      const name = `case:${caseName(it)}:${metric}`;
      const trusted = isTrustedCase(it, record.summary);
      return {
        ...{ record, fingerprint, name, server, profile, path, role, metric, declared },
        ...{ quantity: 'absolute', value, rounds, trusted },
      };
    }),
  );
}

/** A case by itself is as good as its comparisons: none of it counts where all of them are untrusted. */
function isTrustedCase({ server, profile, path }: CaseSummary, { overheads }: Summary): boolean {
  const own = overheads.filter(
    (it) => it.server === server && it.profile === profile && (it.path === path || it.baseline === path),
  );
  return own.length === 0 || own.some((it) => untrustedOverhead(it, overheads) === undefined);
}

function metricsIn(values: Partial<Record<MetricName, number>>): readonly (readonly [MetricName, number])[] {
  return Object.entries(values).flatMap(([key, value]) => (isMetric(key) ? [[key, value] as const] : []));
}

function isMetric(key: string): key is MetricName {
  return key in metrics;
}

/** The ratios of contenders that may go to a tool that knows no verdicts. */
export function trustedRatios(rows: readonly ExportRow[]): readonly TrustedRatio[] {
  return rows.filter(isTrustedRatio);
}

function isTrustedRatio(row: ExportRow): row is TrustedRatio {
  return isContenderRatio(row) && row.trusted && row.value !== undefined;
}

/** Whether it is the ratio of a comparison, measured or not, and not that of the twin. */
export function isContenderRatio({ quantity, role }: ExportRow): boolean {
  return quantity === 'ratio' && role === 'contender';
}

/** The unit of a row's value, in plain ASCII. */
export function unitOf({ quantity, metric }: Pick<ExportRow, 'quantity' | 'metric'>): string {
  return quantity === 'ratio' ? 'ratio' : units[metrics[metric].unit];
}

const units = { us: 'us', rps: 'requests/s', mbs: 'MB/s' } as const;
