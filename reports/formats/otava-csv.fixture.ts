/**
 * Reads a CSV file as Apache Otava does: by the rules of CsvImporter in otava/importer.py of apache/otava, as recorded
 * from commit 1ceb1537a49d (2026-04-22). Fields are split at commas outside of double quotes. No row is shorter than the
 * head. The time column is `time`, read by dateparser, which knows ISO 8601 with a zone. Every cell of a metric goes
 * through Python's float(), and an empty one is an error. A column `branch` would be taken for a branch.
 */
export function readAsOtava(csv: string, metrics: readonly string[]) {
  const [head = [], ...rows] = csv.trimEnd().split('\n').map(fieldsOf);
  if (head.includes('branch')) throw new Error('CSV file contains data from multiple branches');
  const column = (name: string) => {
    const index = head.indexOf(name);
    if (index < 0) throw new Error(`Column not found ${name}`);
    return index;
  };
  for (const row of rows) {
    if (row.length < head.length) throw new Error('Number of values in the row does not match');
  }
  return {
    time: rows.map((row) => timeOf(row[column('time')] ?? '')),
    data: metrics.map((name) => rows.map((row) => floatOf(row[column(name)] ?? '', name))),
  };
}

function fieldsOf(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
  );
}

function timeOf(text: string): number {
  if (!/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(text)) throw new Error(`Invalid datetime value: ${text}`);
  return Date.parse(text) / 1_000;
}

/** Python's float() takes no empty text and no thousands separators. */
function floatOf(text: string, name: string): number {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) {
    throw new Error(`Could not convert value in column ${name}: ${text}`);
  }
  return Number(text);
}
