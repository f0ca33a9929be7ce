import { join } from 'node:path';
import { expect, test } from 'vitest';
import { terminalText } from '../../bench/model/styled-text.ts';
import { waterfallPaths } from '../../bench/model/waterfall.ts';
import { buildReportModel } from '../analysis/build-report-model.ts';
import { renderMarkdown } from '../markdown.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { renderTerminal } from '../terminal.ts';
import { renderHtml } from './render-html.ts';

const model = buildReportModel(
  syntheticRun({
    seed: 5,
    rounds: 10,
    servers: ['nginx'],
    profiles: ['latency', 'steady'],
    comparisons: [
      { baseline: 'host/host', contenders: waterfallPaths.filter((path) => path !== 'host/host') },
    ],
    effects: { 'bridge/host/loopback': { latency: 2, serverCpu: 2 } },
  }),
);
const loopback = 'by published port on loopback, docker-proxy';

test('the page opens with what each layer adds, and tells it in a table', async () => {
  const page = await renderHtml(model, { fontsDirectory: join(import.meta.dirname, '..', 'fonts') });
  const screen = page.slice(page.indexOf('<main>'), page.indexOf('<section'));
  expect(screen).toMatch(/<h1>docker-proxy adds [\d.]+\u00a0µs to a request to nginx/);
  expect(screen.match(/<svg/g)).toHaveLength(2);
  const section = page.slice(page.indexOf('id="waterfall"'), page.indexOf('id="latency"'));
  expect(section).toContain('What each layer adds');
  expect(section).toMatch(
    new RegExp(`<th scope="row">${loopback}</th>.*<b>\\+\\d+(\\.\\d+)? µs</b> <span class="interval">\\[`),
  );
});

test('terminal and markdown tell the same steps', () => {
  const terminal = terminalText(renderTerminal(model, { width: 120 }), false);
  expect(terminal).toMatch(new RegExp(`^${loopback} +! \\+\\d+(\\.\\d+)? µs \\[`, 'm'));
  expect(renderMarkdown(model)).toMatch(new RegExp(`^\\| ${loopback} \\| [\\d.]+ µs \\| \\+\\d+`, 'm'));
});

test('a run without the layers says nothing of them', async () => {
  const other = buildReportModel(syntheticRun({ seed: 5, servers: ['nginx'], profiles: ['latency'] }));
  expect(terminalText(renderTerminal(other, { width: 120 }), false)).not.toContain('each layer');
  expect(renderMarkdown(other)).not.toContain('each layer');
});

test('on an engine that writes no rules, docker-proxy carries every published port, and no word is said of DNAT', () => {
  const { run } = model;
  const { engine } = run.environment;
  const environment = { ...run.environment, engine: { ...engine, iptables: false } };
  const other = { ...model, run: { ...run, environment } };
  for (const told of [terminalText(renderTerminal(other, { width: 120 }), false), renderMarkdown(other)]) {
    expect(told).toContain('by published port, docker-proxy');
    expect(told).not.toContain('DNAT');
  }
});

test('on an engine without docker-proxy, loopback is DNAT and no word is said of docker-proxy', async () => {
  const { run } = model;
  const { engine } = run.environment;
  const environment = { ...run.environment, engine: { ...engine, userlandProxy: false } };
  const other = { ...model, run: { ...run, environment } };
  const page = await renderHtml(other, { fontsDirectory: join(import.meta.dirname, '..', 'fonts') });
  const section = page.slice(page.indexOf('<main>'), page.indexOf('id="latency"'));
  for (const told of [
    section,
    terminalText(renderTerminal(other, { width: 120 }), false),
    renderMarkdown(other).replace(/<details>.*<\/details>/s, ''),
  ]) {
    expect(told).toContain('by published port on loopback, DNAT');
    expect(told).not.toContain('docker-proxy');
  }
});
