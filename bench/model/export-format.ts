/** A format of other tools that `bench export` writes. */
interface ExportFormatRow {
  /** What one export is and who reads it, for help and errors. */
  readonly says: string;
  /** Whether several runs have room in one file. */
  readonly runs: 'one' | 'several';
  /**
   * Which comparisons it holds unless --all is given. A tool that raises alerts gets the declared ones alone: all
   * others are estimates without a verdict, and among many of them some look different by chance.
   */
  readonly holds: 'declared' | 'all';
}

/** In the order of help and page. This table loads no library: the help reads it. */
export const exportFormats = {
  'csv-long': { says: 'a row a figure, for spreadsheets and SQL', runs: 'several', holds: 'all' },
  'csv-wide': {
    says: 'a row a run and a column a comparison, for Apache Otava',
    runs: 'several',
    holds: 'declared',
  },
  ndjson: { says: 'a line a figure, for DuckDB, pandas and Parquet', runs: 'several', holds: 'all' },
  openmetrics: { says: 'OpenMetrics, for Prometheus', runs: 'several', holds: 'all' },
  bencher: { says: 'Bencher Metric Format', runs: 'one', holds: 'declared' },
  'github-action-benchmark-smaller': {
    says: 'customSmallerIsBetter of github-action-benchmark',
    runs: 'one',
    holds: 'declared',
  },
  'github-action-benchmark-bigger': {
    says: 'customBiggerIsBetter of github-action-benchmark',
    runs: 'one',
    holds: 'declared',
  },
  badge: { says: 'the endpoint of a shields.io badge', runs: 'one', holds: 'declared' },
} as const satisfies Record<string, ExportFormatRow>;

export type ExportFormat = keyof typeof exportFormats;
