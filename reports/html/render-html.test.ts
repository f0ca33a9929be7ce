import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isBaseline, possiblePaths } from '../../bench/model/network-modes.ts';
import { pathId } from '../../bench/model/path.ts';
import { buildReportModel } from '../analysis/build-report-model.ts';
import type { ReportModel } from '../report-model.ts';
import { type SyntheticOptions, syntheticRun } from '../synthetic-run.fixture.ts';
import { renderHtml } from './render-html.ts';

const fontsDirectory = fileURLToPath(new URL('../fonts/', import.meta.url));
const modelOf = (options: Partial<SyntheticOptions>) =>
  buildReportModel(syntheticRun({ seed: 1, rounds: 10, blocks: 2, servers: ['nginx'], ...options }));
/** A page is long: a failure should not print it. */
const holds = (text: string, part: string) => expect(text.includes(part), part).toBe(true);
const render = (model: ReportModel) => renderHtml(model, { fontsDirectory });

const model = modelOf({ failedSlices: 1, foreign: { share: 0.07, processes: ['chrome'] } });
const page = await render(model);
/** The page without the embedded font, the style and the inlined data: what a reader sees. */
const visible = (text: string) =>
  text.replace(/<style>.*?<\/style>/s, '').replace(/<script type="application\/json".*?<\/script>/s, '');

test('the page loads nothing, runs nothing and says so', () => {
  holds(page, "default-src 'none'");
  expect(/<(?:link|iframe|img|object|embed|base)\b/.test(page)).toBe(false);
  expect(/\b(?:src|href)="(?!#)/.test(page)).toBe(false);
  expect([...page.matchAll(/url\(([^)]{0,40})/g)].every((it) => /^(?:data:font|#)/.test(it[1] ?? ''))).toBe(
    true,
  );
  expect([...page.matchAll(/<script\b[^>]*>/g)].map((it) => it[0])).toEqual([
    '<script type="application/json" id="report-model">',
  ]);
  expect(/\son\w+="/.test(page)).toBe(false);
  expect(page.length).toBeLessThan(1.5e6);
});

test('the order is: setting, findings, answers, warnings, charts, CPU, distribution, slices, what does not count, evidence, method', () => {
  const landmarks = [
    'class="setting"',
    'class="headline"',
    'class="answers"',
    'class="notice"',
    'id="overhead"',
    'id="overhead-latency-latency_p50_us-title"',
    'The declared comparisons in full',
    'id="cases"',
    'id="latency"',
    'id="slices"',
    'id="left-out"',
    'id="evidence"',
    'id="environment"',
    'id="method"',
    'How to read a verdict',
    'Repeat this run',
    'id="report-model"',
  ];
  const found = landmarks.map((it) => page.indexOf(it));
  expect(found.every((it) => it >= 0)).toBe(true);
  expect([...found].sort((a, b) => a - b)).toEqual(found);
  for (const sentence of model.summary.headline) {
    holds(visible(page).replaceAll('\u00a0', ' ').replaceAll('&#39;', "'"), sentence);
  }
});

/** The words in verdict marks of a part of the page. */
const verdictsIn = (text: string) =>
  [...text.matchAll(/<span class="verdict \w+">([^<]+)<\/span>/g)].map((it) => it[1]);
const between = (text: string, from: string, to: string) => text.slice(text.indexOf(from), text.indexOf(to));

test('every declared comparison has its verdict in words, with its reason; no other figure has one', () => {
  const all = [...model.summary.overheads, ...model.summary.twin];
  const declared = all.filter((it) => it.declared).map(({ verdict }) => verdict);
  expect(declared.filter((it) => it === 'slower')).toHaveLength(6);
  expect(verdictsIn(between(page, 'class="answers"', 'id="overhead"'))).toEqual(
    expect.arrayContaining(declared),
  );
  const tables = between(page, 'The declared comparisons in full', 'id="cases"');
  expect(verdictsIn(tables).toSorted()).toEqual(declared.toSorted());
  expect([
    ...tables.matchAll(/<td class="reason"><span[^>]*>[^<]+<\/span><small>[^<]+<\/small>/g),
  ]).toHaveLength(declared.length);
  const others = tables.slice(tables.indexOf('Other metrics ('));
  expect(verdictsIn(others)).toEqual([]);
  expect([...others.matchAll(/<tr><th scope="row">/g)]).toHaveLength(all.length - declared.length);
});

test('the answers are absolute first and percent second, and mapped is told as the path that it is', () => {
  const answers = between(page, 'class="answers"', 'id="overhead"');
  expect(/<td class="number">\+[\d.]+ µs \[\+[\d.]+, \+[\d.]+\], \+\d+ %<\/td>/.test(answers)).toBe(true);
  expect(/<td class="number">−[\d,]+ requests\/s \[−[\d,]+, −[\d,]+\], −\d+ %<\/td>/.test(answers)).toBe(
    true,
  );
  holds(answers, 'the same path as bridge/external/published');
  holds(answers, 'host/external (twin) <span class="note">the noise check</span>');
});

test('a run with one question has a row for each path', async () => {
  const one = await render(modelOf({ profiles: ['latency'] }));
  const answers = between(one, 'class="answers"', 'id="overhead"');
  holds(answers, '<caption>nginx, median latency, against host/external</caption>');
  const paths = [...answers.matchAll(/<th scope="row">([^<]+?) ?</g)].map((it) => it[1]);
  expect(paths).toEqual(['bridge/external/published', 'mapped/external/published', 'host/external (twin)']);
  expect(verdictsIn(answers)).toHaveLength(3);
});

test('a capacity that the client limited is a number nowhere', async () => {
  const limited = await render(modelOf({ agentIsLimit: true }));
  holds(limited, 'not measured: the load agent was the limit (99 %, nginx&#39;s ');
  const rows = [...visible(limited).matchAll(/<tr><th scope="row">capacity<\/th>.*?<\/tr>/gs)].map(
    (it) => it[0],
  );
  expect(rows).toHaveLength(3);
  for (const row of rows) expect(/[\d,]+ requests\/s/.test(row)).toBe(false);
  const full = [...limited.matchAll(/<td>capacity<\/td>.*?<\/tr>/gs)].map((it) => it[0]);
  expect(full).toHaveLength(3);
  for (const row of full) expect([...row.matchAll(/<td class="number">–<\/td>/g)]).toHaveLength(5);
  expect(limited.includes('id="overhead-throughput-throughput_rps-title"')).toBe(false);
  const cases = between(limited, 'id="cases"', 'id="latency"');
  expect([...cases.matchAll(/>answered [\d,]+ requests\/s</g)]).toHaveLength(4);
  expect(cases.includes('>capacity ')).toBe(false);
});

test('where nothing that counts is left there is no number but a reason', async () => {
  const lost = await render(modelOf({ rounds: 6, foreign: { share: 0.4, processes: ['chrome'] } }));
  const answers = between(lost, 'class="answers"', 'id="overhead"');
  expect(new Set(verdictsIn(answers))).toEqual(new Set(['untrusted']));
  expect(/\d µs|requests\/s/.test(answers)).toBe(false);
  holds(answers, 'other processes took 40 % of this machine (chrome, 20 %)');
});

test('who used the CPU time of a request, how busy the CPUs were and who was the limit', () => {
  const cases = between(page, 'id="cases"', 'id="latency"');
  const [row] =
    /<tr><th scope="row">bridge\/external\/published<\/th><td><span class="value">capacity.*?<\/tr>/s.exec(
      cases,
    ) ?? [''];
  const numbers = [...row.matchAll(/<td class="number">([^<]+)<\/td>/g)].map((it) => it[1]);
  expect(numbers.slice(0, 5)).toEqual([
    ...Array.from({ length: 3 }, () => expect.stringMatching(/^\d+\.\d$/)),
    ...['99 %', expect.stringMatching(/^\d+ %$/)],
  ]);
  holds(row, '<td class="name">nginx</td>');
  holds(cases, '32 connections at an equal rate of 9,000 requests/s');
});

test('what does not count: blocks, others, slices, metrics, and what each rule leaves out', async () => {
  const disturbed = [{ round: 2, block: 1, foreign: 0.5 }];
  const short = await render(
    modelOf({ disturbed, sliceSeconds: 0.02, foreign: { share: 0.02, processes: ['chrome'] } }),
  );
  const section = between(short, 'id="left-out"', 'id="evidence"').replaceAll('\u00a0', ' ');
  holds(section, 'nginx steady against host/external: 1 of 20');
  expect(
    /Other processes took [\d.]+ % of the machine&#39;s CPU time \(the largest: chrome, 1 %\)/.test(section),
  ).toBe(true);
  holds(section, '<td>foreign_cpu</td>');
  expect(/<td>p90 latency<\/td><td>\d+ of 1,000 responses in round/.test(section)).toBe(true);
  holds(section, 'the block, for all cases that take turns in it');
  holds(section, 'the case&#39;s figure in that round');
  holds(short, 'Slices begin as they go on');
});

test('a partial run says first what is missing and why', async () => {
  const partial = await render(modelOf({ keptShare: 0.6 }));
  const banner = partial.indexOf('This run is partial: interrupted by Ctrl-C.');
  expect(banner).toBeGreaterThan(0);
  expect(banner).toBeLessThan(partial.indexOf('id="overhead"'));
  expect(/Recorded: \d+ of 240 planned slices, in 6 of 10 rounds/.test(partial)).toBe(true);
  expect(page.includes('This run is partial')).toBe(false);
});

test('too few rounds: the interval is not called one of the plan', async () => {
  const few = await render(modelOf({ rounds: 3 }));
  holds(few, 'only a 75 % interval');
});

test('a run without any slice is a page, not an error', async () => {
  const empty = await render(
    buildReportModel({ ...syntheticRun({ seed: 1, rounds: 1, blocks: 1 }), slices: [] }),
  );
  holds(empty, 'Nothing to draw');
  holds(empty, 'id="environment"');
});

test('text from outside is escaped everywhere, and cannot break out of the inlined data', async () => {
  const evil = `</script><script>alert(1)</script><img src=x onerror="alert(2)">'&\u2028\u2029`;
  const [first, ...evidence] = model.evidence;
  if (first === undefined) throw new Error('no evidence to test with');
  const firstCase = model.summary.leftOut[0]?.case;
  if (firstCase === undefined) throw new Error('no case to test with');
  const poisoned: ReportModel = {
    ...model,
    run: {
      ...model.run,
      command: evil,
      stateReason: evil,
      environment: { ...model.run.environment, cpuModel: evil },
    },
    evidence: [
      {
        ...first,
        url: evil,
        raw: { [evil]: evil },
        findings: [{ claim: evil, expected: evil, observed: evil, holds: false }],
      },
      ...evidence,
    ],
    summary: {
      ...model.summary,
      state: 'partial',
      headline: [evil],
      warnings: [{ code: evil, message: evil, hint: evil }],
      leftOut: model.summary.leftOut.map((it) => ({ ...it, rule: evil, example: evil })),
      overheads: model.summary.overheads.map((it) => ({ ...it, reason: evil })),
      notShown: [{ case: firstCase, metric: evil, why: evil }],
      foreign: { share: 0.1, processes: [{ name: evil, share: 0.1 }] },
      advice: evil,
      environment: {
        ...model.summary.environment,
        cpuModel: evil,
        kernel: evil,
        firewall: evil,
        image: evil,
        serverVersions: { [evil]: evil },
        sysctls: { [evil]: evil },
      },
    },
  };
  const html = await render(poisoned);
  expect(html.includes('<img')).toBe(false);
  expect(html.includes('<script>')).toBe(false);
  expect([...html.matchAll(/<\/script/g)]).toHaveLength(1);
  expect([...html.matchAll(/&lt;\/script&gt;/g)].length).toBeGreaterThan(15);
  const inlined = /id="report-model">(.*?)<\/script>/s.exec(html)?.[1] ?? '';
  expect(/[<\u2028\u2029]/.test(inlined)).toBe(false);
  expect(JSON.parse(inlined)).toEqual(JSON.parse(JSON.stringify(poisoned)));
});

test('it can be read without sight: language, headings in order, scoped and captioned tables, unique ids', () => {
  holds(page, '<html lang="en">');
  const levels = [...visible(page).matchAll(/<h(\d)/g)].map((it) => Number(it[1]));
  expect(levels[0]).toBe(1);
  expect(levels.filter((level) => level === 1)).toHaveLength(1);
  for (const [index, level] of levels.entries())
    expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
  expect([...page.matchAll(/<table[^>]*>\s*<caption>/g)]).toHaveLength([...page.matchAll(/<table/g)].length);
  expect(/<th(?![^>]*\bscope=)[ >]/.test(page)).toBe(false);
  const ids = [...visible(page).matchAll(/\sid="([^"]+)"/g)].map((it) => it[1]);
  expect(new Set(ids).size).toBe(ids.length);
  const referred = [...page.matchAll(/aria-labelledby="([^"]+)"/g)].flatMap((it) => (it[1] ?? '').split(' '));
  expect(referred.filter((id) => !ids.includes(id))).toEqual([]);
});

test('many findings are folded away after the first, and all of them are there', async () => {
  const headline = Array.from({ length: 30 }, (_, index) => `Finding number ${index}.`);
  const long = await render({ ...model, summary: { ...model.summary, headline } });
  expect([...long.matchAll(/<p class="headline">/g)]).toHaveLength(5);
  holds(long, '25 more findings');
  for (const sentence of headline) holds(visible(long), sentence);
  expect(visible(page).includes('more findings')).toBe(false);
});

test('wide charts scroll on a narrow screen, and need no legend', async () => {
  const contenders = possiblePaths()
    .filter((it) => ['host', 'inside'].includes(it.vantage) && it.family === undefined && !isBaseline(it))
    .map(pathId);
  const wide = await render(
    modelOf({ profiles: ['latency'], comparisons: [{ baseline: 'host/host', contenders }] }),
  );
  const overhead = /aria-labelledby="overhead">(.*?)<table>/s.exec(wide)?.[1] ?? '';
  expect(overhead.includes('class="legend"')).toBe(false);
  holds(
    overhead,
    '<div class="scroll" role="region" aria-label="Median latency, latency profile, 1 connection: nginx against host/host" tabindex="0"><svg class="chart wide"',
  );
});

test('the same model gives the same page', async () => {
  expect((await render(model)) === page).toBe(true);
});

test('the environment tells what runs the machine and how its kernel counts, and what was not read', async () => {
  const { summary } = model;
  const told = {
    ...summary.environment,
    hypervisor: 'KVM',
    irqTimeAccounting: true,
    timerHz: 250,
    mitigations: { spectre_v2: 'Mitigation: Retpolines' },
    pinning: { kind: 'disjoint', serverCpus: '0', agentCpus: '1', proxiesRoam: 'not permitted' },
  } as const;
  const full = await render({ ...model, summary: { ...summary, environment: told } });
  holds(full, '<dt>Hypervisor</dt><dd>KVM</dd>');
  holds(full, '<dt>Timer</dt><dd>250 Hz</dd>');
  holds(full, '<dt>Time of interrupts</dt><dd>kept apart: in no process’s CPU time</dd>');
  holds(full, '<dt><code>spectre_v2</code></dt><dd>Mitigation: Retpolines</dd>');
  holds(full, 'load agent on CPU 1; docker-proxy on any CPU: not permitted');
  holds(page, '<dt>Hypervisor</dt><dd>not read</dd>');
  holds(page, '<dt>Time of interrupts</dt><dd>not read</dd>');
});
