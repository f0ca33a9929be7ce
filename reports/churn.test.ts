import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isMeasured } from '../bench/model/summary.ts';
import { buildReportModel } from './analysis/build-report-model.ts';
import { renderCasesCsv } from './csv/cases-csv.ts';
import { renderSlicesCsv } from './csv/slices-csv.ts';
import { renderHtml } from './html/render-html.ts';
import { renderMarkdown } from './markdown.ts';
import { bridgePath, syntheticRun } from './synthetic-run.fixture.ts';
import { renderTerminal } from './terminal.ts';

const recorded = syntheticRun({ seed: 3, servers: ['nginx'], profiles: ['latency', 'churn'] });
const model = buildReportModel(recorded);
const terminal = renderTerminal(model, { width: 100, all: true })
  .map(({ text }) => text)
  .join('');

test('connect, first byte and whole time are compared, each with its interval; one of them has a verdict', () => {
  const own = model.summary.overheads.filter((it) => it.profile === 'churn' && it.path === bridgePath);
  expect(own.map((it) => [it.metric, it.declared])).toEqual([
    ['connection_p50_us', true],
    ['connect_p50_us', false],
    ['first_byte_p50_us', false],
    ['cpu_server_us', false],
    ['cpu_agent_us', false],
    ['cpu_total_us', false],
  ]);
  const [connection, connect, firstByte] = own.filter(isMeasured);
  expect(connection?.verdict).toBe('slower');
  // The simulated server takes half of the time to connect, and nearly all of it until the first byte.
  expect((connect?.baselineValue ?? 0) / (connection?.baselineValue ?? 0)).toBeCloseTo(0.5, 2);
  expect((firstByte?.baselineValue ?? 0) / (connection?.baselineValue ?? 0)).toBeCloseTo(0.95, 2);
  for (const it of [connection, connect, firstByte]) {
    expect(it?.ratio).toBeCloseTo(1.19, 1);
    expect(it?.ratioLow).toBeLessThan(it?.ratio ?? 0);
    expect(it?.ratioHigh).toBeGreaterThan(it?.ratio ?? 0);
  }
});

test('over TLS the handshake is compared by itself, and every report and file has it; without TLS none does', async () => {
  const secured = syntheticRun({ seed: 3, servers: ['nginx'], profiles: ['churn'], tls: true });
  const over = buildReportModel(secured);
  const own = over.summary.overheads.filter((it) => it.path === bridgePath);
  expect(own.map(({ metric }) => metric).slice(0, 4)).toEqual([
    'connection_p50_us',
    'connect_p50_us',
    'handshake_p50_us',
    'first_byte_p50_us',
  ]);
  const handshake = own.find(({ metric }) => metric === 'handshake_p50_us');
  if (handshake === undefined || !isMeasured(handshake)) throw new Error('no handshake was compared');
  expect(handshake.declared).toBe(false);
  expect(handshake.ratio).toBeCloseTo(1.19, 1);
  const said = 'median time of the TLS handshake';
  expect(renderMarkdown(over)).toContain(said);
  expect(await renderHtml(over, { fontsDirectory: join(import.meta.dirname, 'fonts') })).toContain(said);
  for (const csv of [renderCasesCsv(over), renderSlicesCsv(secured, over)])
    expect(csv).toContain('handshake_p50_us');
  expect(terminal + renderMarkdown(model) + renderSlicesCsv(recorded, model)).not.toContain('handshake');
});

test('a request and a connection have a column each, with their own values', () => {
  expect(terminal).toMatch(/one request +one connection/);
  const [latency, churn] = ['latency', 'churn'].map((profile) =>
    model.summary.overheads.find((it) => it.declared && it.profile === profile && it.path === bridgePath),
  );
  if (latency === undefined || churn === undefined || !isMeasured(latency) || !isMeasured(churn)) {
    throw new Error('nothing was compared');
  }
  expect(churn.baselineValue / latency.baselineValue).toBeCloseTo(3, 1);
  const row = /nginx, host +(\d+\.\d) µs +(\d+) µs/.exec(terminal);
  expect(Number(row?.[1])).toBeCloseTo(latency.baselineValue, 0);
  expect(Number(row?.[2])).toBeCloseTo(churn.baselineValue, 0);
});

test('every report says that connections are new, and names the figures', async () => {
  const alone = buildReportModel(syntheticRun({ seed: 3, servers: ['nginx'], profiles: ['churn'] }));
  const text = renderTerminal(alone, { width: 100 })
    .map((it) => it.text)
    .join('')
    .replace(/\s+/g, ' ');
  expect(text).toMatch(/^Bridge (or mapped )?mode adds [\d.]+ µs to a connection to nginx, compared with/);
  expect(text).toContain('a new connection for each request');
  expect(text).not.toContain('keep-alive');
  expect(text).toMatch(/a request of 1 ms with its connection takes 1\.0\d\d? ms/);
  for (const said of ['median time to connect', 'median time to first byte']) {
    expect(terminal).toContain(said);
    expect(renderMarkdown(model)).toContain(said);
    expect(await renderHtml(model, { fontsDirectory: join(import.meta.dirname, 'fonts') })).toContain(said);
  }
});

test('cases.csv and slices.csv have the three times, and other runs do not have the columns', () => {
  const columns = ['connection_p50_us', 'connect_p50_us', 'first_byte_p50_us'];
  const headOf = (csv: string) => csv.slice(0, csv.indexOf('\n')).split(',');
  for (const csv of [renderCasesCsv(model), renderSlicesCsv(recorded, model)]) {
    expect(headOf(csv)).toEqual(expect.arrayContaining(columns));
  }
  const usual = syntheticRun({ seed: 3, servers: ['nginx'], profiles: ['latency'] });
  const others = buildReportModel(usual);
  for (const csv of [renderCasesCsv(others), renderSlicesCsv(usual, others)]) {
    expect(headOf(csv).filter((name) => columns.includes(name))).toEqual([]);
  }
});
