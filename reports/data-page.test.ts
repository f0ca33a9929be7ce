import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { caseColumns } from './csv/cases-csv.ts';
import { sliceColumns } from './csv/slices-csv.ts';
import { summaryColumns } from './csv/summary-csv.ts';
import { sweepColumns } from './csv/sweep-csv.ts';
import {
  columnFields,
  type DataFile,
  dataPage,
  type Field,
  fieldsOf,
  isJson,
  type Published,
  readIt,
} from './data-page.fixture.ts';
import { longColumns } from './formats/long-columns.ts';
import { jsonSchemas } from './json-schemas.ts';
import { reservedWords } from './sql-keywords.fixture.ts';

const schemaFolder = join(import.meta.dirname, '..', 'results', 'schema');
const ofRuns = jsonSchemas();

function jsonFile(name: string, kind: string): DataFile {
  const schema = ofRuns[kind];
  if (!isJson(schema)) throw new Error(`no schema of ${kind}`);
  return {
    name,
    says: String(schema['description']),
    schema: `${kind}.schema.json`,
    fields: fieldsOf(schema),
  };
}

const csvFiles: readonly DataFile[] = [
  {
    name: 'summary.csv',
    says: 'One row: a path against its baseline in one metric. The twin against the baseline has rows too.',
    fields: columnFields(summaryColumns),
  },
  {
    name: 'cases.csv',
    says: 'One row: a server on a path under a profile, by itself, over its rounds that count.',
    fields: columnFields(caseColumns),
  },
  {
    name: 'slices.csv',
    says: 'One row: a slice, in the order of measurement. Invalid and failed ones are in it.',
    fields: columnFields(sliceColumns),
  },
  {
    name: 'sweep.csv',
    says: 'One row: a server on a path under a number of connections, over the rounds with a sweep. Only with --sweep.',
    fields: columnFields(sweepColumns),
  },
];
/** What `bench export` writes has keys and columns for the same readers. */
const exported: DataFile = {
  name: 'Figures of runs (bench export)',
  says: 'One row of `csv-long`, or one line of `ndjson`: one figure of one run. A missing value is an empty cell, or null.',
  fields: columnFields(longColumns),
};
const lineFiles = [jsonFile('slices.ndjson', 'slice'), jsonFile('evidence.ndjson', 'evidence')];
const files: readonly DataFile[] = [
  ...csvFiles,
  jsonFile('run.json', 'run'),
  ...lineFiles,
  jsonFile('summary.json', 'summary'),
  exported,
];

async function publishedSchemas(): Promise<readonly (Published & { readonly fields: readonly Field[] })[]> {
  const names = (await readdir(schemaFolder)).filter((name) => name.endsWith('.schema.json')).sort();
  return Promise.all(
    names.map(async (file) => {
      const schema: unknown = JSON.parse(await readFile(join(schemaFolder, file), 'utf8'));
      if (!isJson(schema)) throw new Error(`${file} is no schema`);
      const { title = '', description = '' } = schema;
      return { file, title: String(title), description: String(description), fields: fieldsOf(schema) };
    }),
  );
}

test('results/schema/DATA.md is what schemas and columns say', async () => {
  const told = new Set(Object.keys(ofRuns).map((kind) => `${kind}.schema.json`));
  const others = (await publishedSchemas()).filter(({ file }) => !told.has(file));
  await expect(dataPage(files, others)).toMatchFileSnapshot(join(schemaFolder, 'DATA.md'));
});

test('every published schema has a title, a description, and a description of every field', async () => {
  const published = await publishedSchemas();
  expect(published.length).toBeGreaterThan(15);
  const silent = published.flatMap(({ file, title, description, fields }) => [
    ...(title === '' ? [`${file}: title`] : []),
    ...(description === '' ? [`${file}: description`] : []),
    ...fields.filter(({ says }) => says === '').map(({ name }) => `${file}: ${name}`),
  ]);
  expect(silent).toEqual([]);
});

test('every field and column of a run folder is described, and every number has a unit', () => {
  const all = files.flatMap(({ name: file, fields }) => fields.map((field) => ({ file, ...field })));
  expect(all.length).toBeGreaterThan(250);
  expect(
    all.filter(({ says }) => !/^\S.*[.…:]$|^\S.*\)$/.test(says)).map(({ file, name }) => `${file}: ${name}`),
  ).toEqual([]);
  const numbers = all.filter(({ type }) => /^(list of )?numbers?\b/.test(type));
  expect(numbers.length).toBeGreaterThan(40);
  expect(numbers.filter(({ unit }) => unit === '').map(({ file, name }) => `${file}: ${name}`)).toEqual([]);
});

test('no CSV column and no key of an NDJSON line is a reserved word of SQL', () => {
  expect(reservedWords).toEqual(expect.arrayContaining(['order', 'primary', 'limit', 'left']));
  const names = [...csvFiles, ...lineFiles, exported].flatMap(({ name: file, fields }) =>
    fields.flatMap(({ name }) => name.split(/[.[\]*]+/).map((word) => ({ file, word }))),
  );
  expect(names.length).toBeGreaterThan(150);
  expect(names.filter(({ word }) => reservedWords.includes(word))).toEqual([]);
});

test('the lines that read the files name only files and columns that every run has', () => {
  for (const lines of Object.values(readIt)) expect(lines).toHaveLength(5);
  const always = new Set(
    csvFiles.flatMap(({ fields }) => fields.filter((it) => it.always).map((it) => it.name)),
  );
  const known = new Set([...always, ...csvFiles.map(({ name }) => name)]);
  const quoted = readIt.pandas.flatMap((line) =>
    [...line.matchAll(/"([^"]*)"/g)].map(([, word = '']) => word),
  );
  expect(quoted.length).toBeGreaterThan(12);
  expect(quoted.filter((word) => !known.has(word))).toEqual([]);
});
