import { expect, test } from 'vitest';
import { isMeasured } from '../bench/model/summary.ts';
import { buildReportModel } from './analysis/build-report-model.ts';
import { renderCasesCsv } from './csv/cases-csv.ts';
import { bridgePath, syntheticRun } from './synthetic-run.fixture.ts';
import { renderTerminal } from './terminal.ts';
import { settingWords } from './words/setting-words.ts';

const recorded = syntheticRun({ seed: 5, servers: ['nginx'], profiles: ['steady', 'bulk'] });
const model = buildReportModel(recorded);
const text = renderTerminal(model, { width: 100, all: true })
  .map((it) => it.text)
  .join('');

test('a megabyte has 1,000,000 bytes: CPU time and MB/s follow from requests and the length of a body', () => {
  const [host] = model.summary.cases.filter((it) => it.profile === 'bulk' && it.role === 'baseline');
  const slices = recorded.slices.filter((it) => it.profile === 'bulk' && it.role === 'baseline');
  // Every simulated request to nginx takes about 44 µs of the server's CPU.
  expect((host?.values.cpu_server_us_mb ?? 0) * 1.048576).toBeGreaterThan(35);
  expect((host?.values.cpu_server_us_mb ?? 0) * 1.048576).toBeLessThan(55);
  const rates = slices.flatMap((it) =>
    it.status === 'failed' ? [] : [(it.servedRequests * 1.048576) / it.wallSeconds],
  );
  expect(host?.values.transfer_mb_s).toBeGreaterThan(Math.min(...rates));
  expect(host?.values.transfer_mb_s).toBeLessThan(Math.max(...rates));
});

test('CPU time a MB is the main result, also beside CPU time a request', () => {
  const own = model.summary.overheads.filter((it) => it.profile === 'bulk' && it.path === bridgePath);
  expect(own.map((it) => [it.metric, it.declared])).toEqual([
    ['cpu_server_us_mb', true],
    ['cpu_agent_us_mb', false],
    ['cpu_total_us_mb', false],
    ['transfer_mb_s', false],
  ]);
  const [server] = own.filter(isMeasured);
  expect(server?.ratio).toBeCloseTo(1.25, 1);
  expect(server?.verdict).toBe('slower');
  expect(text).toMatch(/CPU a request +CPU a MB/);
  expect(text).toMatch(/more CPU a MB/);
  expect(text).toMatch(/transferred +[\d,]+ MB\/s/);
  expect(text).toContain('1 KiB page and downloads of 1 MiB');
});

test('the report says that the MB/s are those of the load generator, where it is the limit', () => {
  expect(text.replace(/\s+/g, ' ')).toContain('The load generator was the limit of the MB/s');
});

test('cases.csv has the figures of a megabyte', () => {
  const [head = '', ...rows] = renderCasesCsv(model).split('\n');
  const at = head.split(',').indexOf('cpu_server_us_mb');
  expect(at).toBeGreaterThan(0);
  const filled = rows.filter((row) => row.includes(',bulk,')).map((row) => Number(row.split(',')[at]));
  expect(filled.length).toBe(4);
  for (const value of filled) expect(value).toBeGreaterThan(0);
});

test('what was asked for is said with its size, in the head and in the notes', () => {
  const alone = buildReportModel(syntheticRun({ seed: 5, servers: ['nginx'], profiles: ['bulk'] }));
  const [first = ''] = settingWords(alone.run);
  expect(first).toContain('downloads of 1 MiB, keep-alive connections');
  expect(settingWords(model.run)[0]).toContain('1 KiB page and downloads of 1 MiB');
});
