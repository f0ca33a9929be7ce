import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildReportModel } from '../../../reports/analysis/build-report-model.ts';
import type { ReportModel } from '../../../reports/report-model.ts';
import { renderTerminal } from '../../../reports/terminal.ts';
import type { PathId } from '../../model/path.ts';
import { declaredComparisons } from '../../model/plan.ts';
import type { RecordedRun } from '../../model/recorded-run.ts';
import { ownServers } from '../../model/server.ts';
import { isMeasured, type Overhead } from '../../model/summary.ts';
import { planDeployments } from '../../plan/cases.ts';
import { resolvePlan } from '../../plan/resolve-plan.ts';
import { installationOf } from '../../process-outside.ts';
import { nodeDisk } from '../../run-folder/disk.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import { derivedFiles, makeReports, saveReports } from './write-reports.ts';

/*
 * The committed run is real: nginx and Apache, a real engine, real packets. Its derived files are golden: what the
 * analysis and the renderers make of it today must be what is committed. `npm run golden` renews them.
 */

const installation = installationOf(import.meta.dirname);
const sample = join(installation, 'results', 'sample');
let copy: string;
let model: ReportModel;
let recorded: RecordedRun;

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'bench-sample-'));
  for (const name of ['run.json', 'slices.ndjson', 'evidence.ndjson']) {
    await cp(join(sample, name), join(copy, name));
  }
  const reports = await makeReports(copy, installation);
  await saveReports(copy, reports, nodeDisk());
  model = reports.model;
  recorded = await readRunFolder(copy);
});

afterAll(() => rm(copy, { recursive: true, force: true }));

test.each(derivedFiles)('%s of the sample run is what is committed', async (name) => {
  await expect(await readFile(join(copy, name), 'utf8')).toMatchFileSnapshot(join(sample, name));
});

test('the sample run is whole: the default plan, every packet took its path, and most of the time was measuring', () => {
  const { summary } = model;
  const { plan, state } = recorded.run;
  expect(state).toBe('complete');
  const { seed: _, ...usual } = resolvePlan({ flags: {}, env: {} }, () => 0);
  expect(plan).toMatchObject(usual);
  const deployments = plan.rounds * planDeployments(plan).length;
  expect(summary.evidence).toEqual({ consistent: deployments, contradicted: 0, unread: 0 });
  expect(summary.measuredShare).toBeGreaterThanOrEqual(0.75);
  expect(Object.keys(summary.rates ?? {}).sort()).toEqual(['apache', 'nginx']);
});

const paths = ['bridge/external/published', 'mapped/external/published'] as const;
const declaredMetrics = [
  ['latency', 'latency_p50_us'],
  ['steady', 'cpu_server_us'],
  ['throughput', 'throughput_rps'],
] as const;

test.each(
  ownServers.flatMap((server) =>
    paths.flatMap((path) => declaredMetrics.map(([profile, metric]) => ({ server, path, profile, metric }))),
  ),
)('$server $path has a verdict on $metric, or names the load agent as the limit', (comparison) => {
  const [declared, ...others] = model.summary.overheads.filter(
    (it) => it.declared && isAmong(comparison, it),
  );
  expect(others).toEqual([]);
  if (declared === undefined || !isMeasured(declared)) throw new Error('nothing that counts is left');
  expect(declared.rounds).toBeGreaterThanOrEqual(0.8 * recorded.run.plan.rounds);
  if (declared.verdict === undefined) {
    expect([declared.metric, declared.limit]).toEqual(['throughput_rps', 'agent']);
  } else expect(['slower', 'faster', 'equivalent', 'open']).toContain(declared.verdict);
  expect(declared.reason).toMatch(/\S/);
});

function isAmong(comparison: object, overhead: Overhead): boolean {
  const found: Readonly<Record<string, unknown>> = overhead;
  return Object.entries(comparison).every(([key, value]) => found[key] === value);
}

test('nothing but these is declared, and nothing else has a verdict', () => {
  const { overheads } = model.summary;
  expect(overheads.filter(({ declared }) => declared)).toHaveLength(declaredComparisons(recorded.run.plan));
  expect(overheads.filter(({ declared, verdict }) => !declared && verdict !== undefined)).toEqual([]);
});

test('the sample run shows what physics demands: DNAT costs, an identical twin does not', () => {
  const declared = model.summary.overheads.filter((it) => it.declared && it.server === 'nginx');
  expect(declared).toHaveLength(paths.length * declaredMetrics.length);
  for (const overhead of declared.filter(isMeasured)) {
    // A capacity that the load agent limited says nothing about the server.
    if (overhead.verdict === undefined) continue;
    if (overhead.metric === 'throughput_rps') expect(overhead.ratioHigh).toBeLessThan(1);
    else expect(overhead.ratioLow).toBeGreaterThan(1);
  }
  const twins = model.summary.twin.filter((it) => it.declared);
  expect(twins).toHaveLength(ownServers.length * declaredMetrics.length);
  for (const twin of twins) expect(isMeasured(twin) && twin.pValue).toBeGreaterThan(0.05);
});

test('the README takes its figures from the sample run', async () => {
  const readme = await readFile(join(installation, 'README.md'), 'utf8');
  const { totalSeconds } = recorded.run.timing ?? { totalSeconds: Number.NaN };
  expect(readme).toContain(`about ${Math.round(totalSeconds / 60)} minutes`);
  const markdown = await readFile(join(copy, 'summary.md'), 'utf8');
  const terminal = renderTerminal(model, { width: 100 }).map(({ text }) => text);
  const printed = `${terminal.join('')}${markdown.replaceAll('\\', '')}`;
  for (const [interval] of readme.matchAll(/\[[+−-]?\d[\d.,]*(?: %)?, [+−-]?\d[\d.,]*(?: %)?\]/g)) {
    expect(printed).toContain(interval);
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

test('a server mapped onto a container on the bridge takes the way of the bridge: no difference is shown', () => {
  const [bridge, mapped] = paths;
  const { summary } = buildReportModel(comparing(recorded, mapped, bridge));
  const declared = summary.overheads.filter((overhead) => overhead.declared);
  expect(declared).toHaveLength(ownServers.length * declaredMetrics.length);
  for (const { verdict } of declared) expect(['equivalent', 'open', undefined]).toContain(verdict);
});
