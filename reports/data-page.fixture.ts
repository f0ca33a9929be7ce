import type { Columns } from './csv/csv-table.ts';

/* The page of the data files, results/schema/DATA.md: made from the schemas and the tables of the CSV columns. */

/** A field of a JSON document, or a column. */
export interface Field {
  /** With the names that it stands under: `cpu.server_seconds`, `findings[].holds`. */
  readonly name: string;
  readonly type: string;
  readonly unit: string;
  readonly says: string;
  /** Whether every document has it; of a column: every file. */
  readonly always: boolean;
}

/** Units by the last word of a name. What has none is a count, a text or a choice. */
const units: readonly (readonly [name: RegExp, unit: string])[] = [
  [/(^|_)us$/, 'µs'],
  [/(^|_)seconds$/, 's'],
  [/_per_second$|_rps$|^turn_rates$|^(paced_)?rates\.\*$/, 'requests/s'],
  [/(^|_)events$/, 'events'],
  [/(^|_)bytes$|^mtu\.\*$|^mtu$/, 'bytes'],
  [/(^|_)hz$/, 'Hz'],
  [/^served_requests$/, 'requests'],
  [/^p_value$/, 'probability'],
  [/^(confidence|coverage|share|measured_share|margin|margins\.\*|\w+_busy|windows_shared)$/, 'share of 1'],
  [/^ratio(_low|_high)?$|^half_width$|_factor$/, 'ratio'],
  [/^difference(_low|_high)?$|_value$|^values\.\*$/, 'that of `metric`'],
  [/^figures\.\*$|^worst$/, "the rule's"],
];

export function unitOf(name: string): string {
  return units.find(([pattern]) => pattern.test(name))?.[1] ?? '';
}

type Json = Readonly<Record<string, unknown>>;

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Every field of a JSON Schema, with those of the objects and lists inside it. Fields of a union are put together. */
export function fieldsOf(schema: Json, prefix = ''): readonly Field[] {
  const options = optionsOf(schema);
  if (options !== undefined) return together(options.map((option) => fieldsOf(option, prefix)));
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(isJson(schema['properties']) ? schema['properties'] : {}).flatMap(([key, value]) => {
    if (!isJson(value)) return [];
    const { description } = value;
    const name = `${prefix}${key}`;
    const inner = insideOf(value, name, key);
    const own: Field = {
      name,
      type: typeOf(value),
      unit: inner.unit,
      says: typeof description === 'string' ? `${description}${choices(value, description)}` : '',
      always: required.includes(key),
    };
    return [own, ...inner.fields];
  });
}

function insideOf(value: Json, name: string, key: string): { fields: readonly Field[]; unit: string } {
  const { items, additionalProperties: entries } = value;
  if (isJson(items)) return { fields: fieldsOf(items, `${name}[].`), unit: unitOf(key) };
  if (isJson(entries)) return { fields: fieldsOf(entries, `${name}.*.`), unit: unitOf(`${key}.*`) };
  return { fields: fieldsOf(value, `${name}.`), unit: unitOf(key) };
}

function optionsOf({ anyOf, oneOf }: Json): readonly Json[] | undefined {
  const options = anyOf ?? oneOf;
  return Array.isArray(options) ? options.filter(isJson) : undefined;
}

function together(options: readonly (readonly Field[])[]): readonly Field[] {
  const all = new Map<string, Field>();
  for (const field of options.flat()) {
    const known = all.get(field.name);
    const inAll = options.every((fields) => fields.some((it) => it.name === field.name && it.always));
    // An option that says less of a field is another one's.
    if (known === undefined || known.says.length < field.says.length)
      all.set(field.name, { ...field, always: inAll });
  }
  return [...all.values()];
}

function typeOf(value: Json): string {
  const { type, items, additionalProperties: entries } = value;
  const options = optionsOf(value);
  if (Number.isInteger(value['const'])) return 'whole number';
  if (options !== undefined) return [...new Set(options.map(typeOf))].join(' or ');
  if (type === 'array')
    return `list of ${isJson(items) ? (plural[typeOf(items)] ?? typeOf(items)) : 'values'}`;
  if (type === 'object' && isJson(entries)) return `${plural[typeOf(entries)] ?? 'values'} by name`;
  return typeof type === 'string' ? (types[type] ?? type) : (types[typeof value['const']] ?? 'value');
}

const types: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'number',
  integer: 'whole number',
  boolean: 'true/false',
};
const plural: Readonly<Record<string, string>> = {
  text: 'texts',
  number: 'numbers',
  'whole number': 'whole numbers',
  object: 'objects',
  value: 'values',
};

/** What a choice may be, where its description does not say it. */
function choices({ enum: values }: Json, description: string): string {
  if (!Array.isArray(values) || values.every((it) => description.includes(String(it)))) return '';
  return ` One of: ${values.join(', ')}.`;
}

export function columnFields<Row>(columns: Columns<Row>): readonly Field[] {
  return Object.entries(columns).map(([name, { says, unit, ifAny }]) => ({
    name,
    type: '',
    unit: unit ?? unitOf(name),
    says,
    always: ifAny !== true,
  }));
}

/** Five lines each, to be run in a run folder. A test runs them. */
export const readIt = {
  pandas: [
    'import pandas as pd',
    'summary, cases, slices = (pd.read_csv(file) for file in ["summary.csv", "cases.csv", "slices.csv"])',
    'print(summary[summary["declared"]][["server", "path", "metric", "ratio", "ratio_low", "ratio_high", "verdict"]])',
    'print(cases.pivot_table(index=["server", "path"], columns="profile", values="cpu_server_us"))',
    'print(slices[slices["counted"]].groupby(["server", "profile", "path"])["throughput_rps"].median())',
  ],
  duckdb: [
    "SELECT server, path, metric, ratio, ratio_low, ratio_high, verdict FROM 'summary.csv' WHERE declared;",
    "SELECT server, profile, path, latency_p50_us, latency_p99_us, cpu_server_us, throughput_rps FROM 'cases.csv' ORDER BY ALL;",
    "SELECT server, path, round, median(latency_p50_us) AS p50_us FROM 'slices.csv' WHERE counted AND profile = 'latency' GROUP BY ALL ORDER BY ALL;",
    "SELECT run_id, server, path, ratio FROM read_csv('../*/summary.csv', union_by_name = true) WHERE metric = 'throughput_rps' ORDER BY ALL;",
    "SELECT f.claim, f.holds, count(*) AS times FROM (SELECT unnest(findings) AS f FROM 'evidence.ndjson') GROUP BY ALL ORDER BY ALL;",
  ],
  jq: [
    "jq -r '.headline[]' summary.json",
    "jq -c '.overheads[] | select(.declared) | {server, path, metric, ratio, verdict}' summary.json",
    "jq -r '.cases[] | [.server, .profile, .path, .role, .values.cpu_server_us] | @tsv' summary.json",
    "jq -s 'group_by(.status) | map({(.[0].status): length}) | add' slices.ndjson",
    "jq -r '[.round, .server, .path, .role, .verdict] | @tsv' evidence.ndjson",
  ],
} as const;

/** A file of a run folder that holds data. */
export interface DataFile {
  readonly name: string;
  /** What one row, line or document is. */
  readonly says: string;
  /** The file of its JSON Schema; a CSV file has none. */
  readonly schema?: string;
  readonly fields: readonly Field[];
}

/** A published schema of a document that is in no run folder. */
export interface Published {
  readonly file: string;
  readonly title: string;
  readonly description: string;
}

const folder = [
  ['run.json', 'what was planned, where, and how it ended'],
  ['slices.ndjson', 'everything that was measured: a line a slice, written as it ends'],
  ['evidence.ndjson', 'what kernel and engine showed of each path: a line a deployment and round'],
  ['summary.json', 'what the run found: everything that the report shows, for programs'],
  ['summary.csv', 'a row for each comparison in each metric: ratio, difference, interval, verdict'],
  ['cases.csv', 'a row for each server on each path under each profile: quantiles, CPU time, throughput'],
  ['slices.csv', 'a row for each slice: slices.ndjson, flattened'],
  ['sweep.csv', 'only with --sweep: a row for each path under 1, 2, 4, 8 … connections'],
  ['summary.md', 'the report for a pull request or a chat'],
  ['report.html', 'the report: one file, works offline'],
  ['report.svg, report.png', 'only with --picture: the first screen of the report'],
] as const;

export function dataPage(files: readonly DataFile[], others: readonly Published[]): string {
  const told = new Map<string, Told>();
  return [
    '# The data files of a run',
    '',
    '`bench run` writes a folder, `results/RUN`. The first three files are measured. The others are computed from them, and',
    '`bench report RUN` makes them again.',
    '',
    ...tableOf(
      ['file', 'what it holds'],
      folder.map(([name, says]) => [linked(name, files), says]),
    ),
    '',
    '## Read it',
    '',
    'In the folder of a run. With pandas:',
    '',
    ...block('python', readIt.pandas),
    '',
    'With DuckDB:',
    '',
    ...block('sql', readIt.duckdb),
    '',
    'With jq:',
    '',
    ...block('sh', readIt.jq),
    '',
    '## What holds for all files',
    '',
    '- **Missing is not zero.** A value that was not read is an empty cell, or an absent key. `?` marks what may be missing: a',
    '  column is left out of a file if none of its rows has a value.',
    '- **Numbers.** Counts are exact. All others have 9 significant digits. Units are in the names: `_us` is microseconds,',
    '  `_seconds` seconds, `_rps` and `_per_second` requests a second. 1 is 100 % where the unit is "share of 1".',
    '- **true and false** are written so in CSV too. pandas and DuckDB read them as booleans.',
    '- **The twin** is a second copy of the baseline, measured beside it to show the noise. `role` tells it from the baseline in',
    '  all files. In CSV its path ends in `@twin` as well. So group by `path`, or by `mode` and `role`.',
    '- **Names** are snake_case. No CSV column and no key of an NDJSON line is a reserved word of SQL. `limit` of summary.json is',
    '  `limited_by` in CSV for this reason. In pandas write `slices["mode"]`, because `slices.mode` is a method.',
    '- **Words** are those of the code. `bench help words` has them with what a reader is told instead.',
    '- **Several runs** have the column `run_id`. Folders of two values of `schema_version` do not compare.',
    '',
    ...files.flatMap((file) => sectionOf(file, told)),
    '## Documents that commands print',
    '',
    'With `--json`, a command prints one document. `bench run` and `bench report` print summary.json. The fields of the others',
    'are described in their schemas:',
    '',
    ...tableOf(
      ['schema', 'printed by', 'what it holds'],
      others.map(({ file, title, description }) => [`[${file}](${file})`, title, description]),
    ),
    '',
  ].join('\n');
}

function linked(name: string, files: readonly DataFile[]): string {
  return files.some((it) => it.name === name) ? `[${name}](#${anchor(name)})` : name;
}

/** As GitHub makes it of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-');
}

/** Where the fields of an object are told for the first time. */
interface Told {
  readonly file: string;
  readonly field: string;
}

function sectionOf({ name, says, schema, fields }: DataFile, told: Map<string, Told>): readonly string[] {
  const isCsv = schema === undefined;
  const shown = isCsv ? fields : withoutRepeats(fields, name, told);
  return [
    `## ${name}`,
    '',
    isCsv ? says : `${says} [Schema](${schema}).`,
    '',
    ...tableOf(
      isCsv ? ['column', 'unit', 'meaning'] : ['field', 'type', 'unit', 'meaning'],
      shown.map((field) => {
        const shownName = `\`${field.name}\`${field.always ? '' : ' ?'}`;
        return isCsv ? [shownName, field.unit, field.says] : [shownName, field.type, field.unit, field.says];
      }),
    ),
    '',
  ];
}

/** Fields of an object that stands in several places are told once. */
function withoutRepeats(fields: readonly Field[], file: string, told: Map<string, Told>): readonly Field[] {
  const hidden: string[] = [];
  return fields.flatMap((field) => {
    if (hidden.some((prefix) => field.name.startsWith(prefix))) return [];
    const inside = fields.filter(({ name }) => isInside(name, field.name));
    if (inside.length < 3) return [field];
    const same = JSON.stringify(inside.map((it) => ({ ...it, name: it.name.slice(field.name.length) })));
    const where = told.get(same);
    if (where === undefined) {
      told.set(same, { file, field: field.name });
      return [field];
    }
    hidden.push(...['.', '[].', '.*.'].map((end) => `${field.name}${end}`));
    const place = `\`${where.field}\`${where.file === file ? '' : ` in ${where.file}`}`;
    return [{ ...field, says: `${field.says} Its fields are those of ${place}.` }];
  });
}

function isInside(name: string, outer: string): boolean {
  return name.startsWith(`${outer}.`) || name.startsWith(`${outer}[].`);
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  return [head, head.map(() => '---'), ...rows].map(
    (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`,
  );
}

function block(language: string, lines: readonly string[]): readonly string[] {
  return [`\`\`\`${language}`, ...lines, '```'];
}
