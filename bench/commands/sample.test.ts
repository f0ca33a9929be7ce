import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildReportModel } from '../../reports/analysis/build-report-model.ts';
import type { ReportModel } from '../../reports/report-model.ts';
import type { PathId } from '../model/path.ts';
import type { RecordedRun } from '../model/recorded-run.ts';
import { installationOf } from '../process-outside.ts';
import { nodeDisk } from '../run-folder/disk.ts';
import { readRunFolder } from '../run-folder/read-run-folder.ts';
import { derivedFiles, makeReports, saveReports } from './write-reports.ts';

/*
 * The committed run is real: nginx and Apache, a real engine, real packets. Its derived files are golden: what the
 * analysis and the renderers make of it today must be what is committed. `npm run golden` renews them.
 */

const installation = installationOf(import.meta.dirname);
const sample = join(installation, 'results', 'sample');
let copy: string;
let model: ReportModel;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'bench-sample-'));
  for (const name of ['run.json', 'slices.ndjson', 'evidence.ndjson']) {
    await cp(join(sample, name), join(copy, name));
  }
  const reports = await makeReports(copy, installation);
  await saveReports(copy, reports, nodeDisk());
  model = reports.model;
});

afterAll(() => rm(copy, { recursive: true, force: true }));

test.each(derivedFiles)('%s of the sample run is what is committed', async (name) => {
  await expect(await readFile(join(copy, name), 'utf8')).toMatchFileSnapshot(join(sample, name));
});

test('the sample run is whole, and every packet in it took its path', () => {
  const { summary } = model;
  expect(summary.state).toBe('complete');
  expect(summary.evidence).toEqual({ consistent: 96, contradicted: 0, unread: 0 });
  expect(summary.measuredShare).toBeGreaterThanOrEqual(0.75);
});

test('the sample run shows what physics demands: DNAT costs, an identical twin does not', () => {
  const primary = model.summary.overheads.filter(
    (overhead) => overhead.primary && overhead.server === 'nginx',
  );
  expect(primary).toHaveLength(4);
  for (const { metric, low, high } of primary) {
    if (metric === 'throughput') expect(high).toBeLessThan(1);
    else expect(low).toBeGreaterThan(1);
  }
  for (const { low, high } of model.summary.twin.filter(({ primary }) => primary)) {
    expect(low).toBeLessThanOrEqual(1);
    expect(high).toBeGreaterThanOrEqual(1);
  }
});

/** The same slices, asked another question: the analysis is pure, so a recorded run can be compared anew. */
function comparing(
  { run, slices, evidence, warnings }: RecordedRun,
  contender: PathId,
  baseline: PathId,
): RecordedRun {
  const roleOf = (path: PathId) => (path === baseline ? 'baseline' : 'contender');
  const wanted = ({ path }: { readonly path: PathId }) => path === baseline || path === contender;
  return {
    run: { ...run, plan: { ...run.plan, comparisons: [{ baseline, contenders: [contender] }] } },
    slices: slices.filter(wanted).map((slice) => ({ ...slice, role: roleOf(slice.path) })),
    evidence: evidence.filter(wanted).map((line) => ({ ...line, role: roleOf(line.path) })),
    warnings,
  };
}

test('a server mapped onto a container on the bridge takes the way of the bridge: no difference is shown', async () => {
  const recorded = comparing(
    await readRunFolder(sample),
    'mapped/external/published',
    'bridge/external/published',
  );
  const primary = buildReportModel(recorded).summary.overheads.filter((overhead) => overhead.primary);
  expect(primary).toHaveLength(4);
  for (const { verdict } of primary) expect(['equivalent', 'inconclusive']).toContain(verdict);
});
