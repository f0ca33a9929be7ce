import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { expect, test } from 'vitest';
import { isBaseline, possiblePaths } from '../../bench/model/network-modes.ts';
import { pathId } from '../../bench/model/path.ts';
import { buildReportModel } from '../analysis/build-report-model.ts';
import type { ReportModel } from '../report-model.ts';
import { type SyntheticOptions, syntheticRun } from '../synthetic-run.fixture.ts';
import { renderHtml } from './render-html.ts';
import { script } from './script.ts';

const fontsDirectory = fileURLToPath(new URL('../fonts/', import.meta.url));
const modelOf = (options: Partial<SyntheticOptions>) =>
  buildReportModel(syntheticRun({ seed: 1, rounds: 10, blocks: 2, servers: ['nginx'], ...options }));
/** A page is long: a failure should not print it. */
const holds = (text: string, part: string) => expect(text.includes(part), part).toBe(true);
const render = (model: ReportModel) => renderHtml(model, { fontsDirectory });

const model = modelOf({ failedSlices: 1, foreign: { share: 0.07, processes: ['chrome'] } });
const page = await render(model);
/** The page without the embedded font, the style and the script: what a reader sees. */
const visible = (text: string) => text.replace(/<(style|script)>.*?<\/\1>/gs, '');

test('the page loads nothing, and runs nothing but its own script, which its policy names', () => {
  holds(page, "default-src 'none'");
  expect(/<(?:link|iframe|img|object|embed|base)\b/.test(page)).toBe(false);
  holds(page, `<script>${script}</script>`);
  holds(page, `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`);
  expect([...page.matchAll(/<script\b/g)]).toHaveLength(1);
  expect(/fetch|XMLHttp|import\(|https?:/.test(script)).toBe(false);
  expect([...page.matchAll(/url\(([^)]{0,40})/g)].every((it) => /^(?:data:font|#)/.test(it[1] ?? ''))).toBe(
    true,
  );
  expect(/\son\w+="/.test(page)).toBe(false);
  expect(page.length).toBeLessThan(700_000);
});

test('every link leads to a part of the page, or to a file of the run folder', () => {
  const ids = new Set([...visible(page).matchAll(/\sid="([^"]+)"/g)].map((it) => it[1]));
  const links = [...page.matchAll(/\shref="([^"]+)"/g)].map((it) => it[1] ?? '');
  const inside = links.filter((it) => it.startsWith('#')).map((it) => it.slice(1));
  expect(inside.filter((it) => !ids.has(it))).toEqual([]);
  expect(links.filter((it) => !it.startsWith('#'))).toEqual([
    'summary.csv',
    'cases.csv',
    'slices.csv',
    'summary.json',
    'summary.md',
    'run.json',
    'slices.ndjson',
    'evidence.ndjson',
  ]);
  const contents = /<nav.*?<\/nav>/s.exec(page)?.[0] ?? '';
  const sections = [...page.matchAll(/<section aria-labelledby="([^"]+)"/g)].map((it) => it[1]);
  expect([...contents.matchAll(/href="#([^"]+)"/g)].map((it) => it[1])).toEqual(sections);
});

/** The part of a page between two marks. */
const between = (text: string, from: string, to: string) => text.slice(text.indexOf(from), text.indexOf(to));
const firstScreen = (text: string) => between(text, '<main>', '<section');
/** The words of a part of the page. */
const wordsOf = (markup: string) =>
  markup
    .replace(/<[^>]+>/g, ' ')
    .split(/\s+/)
    .filter((it) => /\w/.test(it));

test('the first screen has the finding as its heading, the answers, what they mean and four marks of trust', () => {
  const screen = firstScreen(page);
  const landmarks = ['<h1>', 'class="measured"', 'class="cards answers"', 'class="meaning"', 'class="trust"'];
  const found = landmarks.map((it) => screen.indexOf(it));
  expect(found.every((it) => it >= 0)).toBe(true);
  expect([...found].sort((a, b) => a - b)).toEqual(found);
  expect(
    /<h1>Bridge or mapped mode adds .*compared with <code>--network host<\/code><\/h1>/.test(screen),
  ).toBe(true);
  expect([...screen.matchAll(/<li class="(?:passed|failed)"><a href="#(\w+)"/g)].map((it) => it[1])).toEqual([
    'noise',
    'evidence',
    'discarded',
    'limits',
  ]);
  // The sample of two servers has some ten words more.
  expect(wordsOf(screen.replace(/<table.*<\/table>/s, '')).length).toBeLessThan(150);
});

/** The words in verdict marks of a part of the page. */
const verdictsIn = (text: string) =>
  [...text.matchAll(/<span class="verdict \w+">([^<]+)<\/span>/g)].map((it) => it[1]);

test('every main result has its verdict in words, with its reason, ratio and corrected p; no other figure has one', () => {
  const declared = model.summary.overheads.filter((it) => it.declared);
  const main = between(page, 'Main results, with the reason', 'Other figures:');
  expect(verdictsIn(main)).toHaveLength(declared.length);
  expect(new Set(verdictsIn(main))).toEqual(new Set(['slower', 'more CPU', 'less capacity']));
  const reasons = [...main.matchAll(/data-label="Why"><div>(.*?)<\/div>/g)].map((it) => it[1] ?? '');
  expect(reasons).toHaveLength(declared.length);
  for (const reason of reasons) {
    expect(reason).toMatch(
      /excludes 1, p = 0\.\d+ by Holm&#39;s method over 6 main results\. Ratio [\d.]+ \[[\d.]+, [\d.]+\] at [\d.]+ %, \d+ rounds, limit: \w+/,
    );
  }
  const others = between(page, 'Other figures:', 'id="latency"');
  expect(verdictsIn(others)).toEqual([]);
  holds(others, 'p (not corrected)');
  expect([...others.matchAll(/<tr><th scope="row">/g)]).toHaveLength(
    model.summary.overheads.length - declared.length,
  );
});

test('each answer leads to the row that explains it', () => {
  const anchors = [...firstScreen(page).matchAll(/<a class="big" href="#(result-[^"]+)"/g)].map(
    (it) => it[1],
  );
  expect(new Set(anchors).size).toBe(6);
  for (const anchor of anchors) holds(page, `<tr id="${anchor}">`);
});

test('an answer is absolute first and percent second, and mapped is told as the path that it is', () => {
  const screen = firstScreen(page);
  expect(
    /class="big" href="[^"]+">\+[\d.]+ µs<\/a> <span class="word">slower<\/span><small>\[\+[\d.]+, \+[\d.]+\] · \+[\d.]+ %</.test(
      screen,
    ),
  ).toBe(true);
  expect(
    />−[\d,]+\/s<\/a> <span class="word">less capacity<\/span><small>\[−[\d,]+, −[\d,]+\] · −\d+ %</.test(
      screen,
    ),
  ).toBe(true);
  holds(screen, 'nginx, mapped<small>--network container:X, the same path as bridge</small>');
  holds(screen, '<tr class="quiet"><th scope="row">nginx, host</th>');
  expect(screen.includes('second copy</th>')).toBe(false);
});

test('colour has a word beside it: where nothing is shown, the word says so', async () => {
  const { markup } = {
    markup: firstScreen(
      await render(modelOf({ effects: { 'bridge/external/published': {} }, deploymentNoise: 0.05 })),
    ),
  };
  const cells = [
    ...markup.matchAll(/<td class="(worse|better|equal|open)" data-label="[^"]+"><div>(.*?)<\/div>/g),
  ];
  expect(cells).toHaveLength(6);
  expect(cells.some((it) => it[1] === 'open')).toBe(true);
  for (const [, , cell = ''] of cells) expect(cell).toMatch(/<span class="word">[a-z]/);
});

test('a run with one question has one column', async () => {
  const screen = firstScreen(await render(modelOf({ profiles: ['latency'] })));
  expect([...screen.matchAll(/<th scope="col"/g)]).toHaveLength(2);
});

test('the figures of one block have one unit, one precision and one value of host mode', () => {
  const blocks = [
    ...between(page, 'Main results, with', 'Other figures:').matchAll(/<tbody>(.*?)<\/tbody>/gs),
  ].map((it) => it[1] ?? '');
  expect(blocks).toHaveLength(3);
  for (const block of blocks) {
    expect([...block.matchAll(/host mode: [\d.,]+ (?:µs|requests\/s)/g)]).toHaveLength(1);
    const changes = [...block.matchAll(/data-label="Change"[^>]*><div><b>[+−]([\d,.]+) ([^<]+)<\/b>/g)];
    expect(changes).toHaveLength(2);
    expect(new Set(changes.map((it) => it[2])).size).toBe(1);
    expect(new Set(changes.map((it) => it[1]?.split('.')[1]?.length ?? 0)).size).toBe(1);
  }
});

test('noise is a table of its own: the second copy of host mode against the first', () => {
  const noise = between(page, 'id="noise"', 'id="evidence"');
  expect(verdictsIn(noise)).toHaveLength(3);
  expect(firstScreen(page).includes('second copy</th>')).toBe(false);
});

test('a capacity that the client limited is a number nowhere', async () => {
  const limited = await render(modelOf({ agentIsLimit: true }));
  const screen = firstScreen(limited);
  expect([
    ...screen.matchAll(
      />not measured<\/a><small>the load generator was the limit \(99 %, nginx&#39;s \d+ %\)</g,
    ),
  ]).toHaveLength(2);
  expect(/[\d,]+\/s</.test(screen)).toBe(false);
  holds(screen, 'Capacity not measured for nginx:');
  const main = between(limited, 'Main results, with', 'Other figures:');
  expect(/requests\/s</.test(main)).toBe(false);
  expect(limited.includes('id="overhead-throughput-throughput_rps-title"')).toBe(false);
  const cases = between(limited, 'id="limits"', 'id="slices"');
  expect([...cases.matchAll(/>answered [\d,]+ requests\/s</g)]).toHaveLength(4);
  expect(cases.includes('>capacity ')).toBe(false);
});

test('where nothing that counts is left there is no number but a reason', async () => {
  const lost = await render(modelOf({ rounds: 6, foreign: { share: 0.4, processes: ['chrome'] } }));
  const screen = firstScreen(lost);
  holds(screen, '<h1>Do not use the results of this run</h1>');
  expect([...screen.matchAll(/>do not use<\/a>/g)]).toHaveLength(6);
  holds(
    screen,
    'Do not use 6 of 6 main results: other processes took 40\u00a0% of this machine (chrome, 20\u00a0%)',
  );
  expect(/[+−][\d.,]+ µs|\/s</.test(screen)).toBe(false);
  const main = between(lost, 'Main results, with', 'Other figures:');
  holds(main, 'ther processes took 40 % of this machine (chrome, 20 %)'.replaceAll(' %', '\u00a0%'));
});

test('who used the CPU time of a request, how busy the CPUs were and who was the limit', () => {
  const cases = between(page, 'id="limits"', 'id="slices"');
  const row = cases.split('<tr>').find((it) => it.includes('-p 80:80') && it.includes('capacity')) ?? '';
  const numbers = [...row.matchAll(/<td class="number" [^>]*><div>([^<]+)<\/div>/g)].map((it) => it[1]);
  expect(numbers.slice(0, 5)).toEqual([
    ...Array.from({ length: 3 }, () => expect.stringMatching(/^\d+\.\d$/)),
    ...['99 %', expect.stringMatching(/^\d+ %$/)],
  ]);
  holds(row, 'data-label="Limit"><div>nginx</div>');
  holds(cases, '32 connections at an equal rate of 9,000 requests/s');
});

test('percentiles as far as the responses carry them, and why not further', async () => {
  const latency = between(page, 'id="latency"', 'id="noise"');
  const rows = [...latency.matchAll(/data-label="p99" data-v="[\d.]+"><div>[\d.]+ µs</g)];
  expect(rows).toHaveLength(4);
  expect(latency.includes('A dash:')).toBe(false);
  const short = await render(modelOf({ rounds: 3, blocks: 1, sliceSeconds: 0.1 }));
  const section = between(short, 'id="latency"', 'id="noise"');
  expect(/data-label="p99"><div>–</.test(section)).toBe(true);
  expect(
    /A dash: fewer than 100 responses were slower\. 99 % takes 10,000 responses; the fewest here are [\d,]+\./.test(
      section,
    ),
  ).toBe(true);
});

test('what does not count: blocks, others, slices by rule, and what each rule discards', async () => {
  const disturbed = [{ round: 2, block: 1, foreign: 0.5 }];
  const short = await render(modelOf({ disturbed, foreign: { share: 0.02, processes: ['chrome'] } }));
  const section = between(short, 'id="discarded"', 'id="limits"').replaceAll('\u00a0', ' ');
  holds(section, 'Discarded: 12 of 240 slices, by rules written down before the run');
  holds(section, 'nginx steady against host/external: 1 of 20');
  expect(
    /Other processes took [\d.]+ % of the machine&#39;s CPU time \(the largest: chrome, 1 %\)/.test(section),
  ).toBe(true);
  holds(section, '<th scope="row">foreign cpu</th>');
  holds(section, 'the block, for all that take turns in it');
  holds(section, 'the server&#39;s figure in that round');
  holds(short, 'Slices begin as they continue');
});

test('a warning that touches a verdict is on the first screen, in one line with what to do; a note is not', async () => {
  const few = await render(modelOf({ rounds: 6 }));
  const [warning = ''] = /<ul class="warnings".*?<\/ul>/s.exec(firstScreen(few)) ?? [];
  expect([...warning.matchAll(/<li>/g)]).toHaveLength(1);
  holds(warning, 'Too few rounds to show any difference');
  holds(warning, 'Repeat with --rounds');
  holds(warning, '<a href="#results">Which</a>');
  holds(between(few, 'id="results"', 'id="latency"'), 'Repeat with --rounds');
  const disturbed = [1, 2, 3].map((round) => ({ round, block: 1, foreign: 0.5 }));
  const noted = await render(modelOf({ disturbed }));
  expect(firstScreen(noted).includes('blocks do not count')).toBe(false);
  holds(
    between(noted, 'id="discarded"', 'id="limits"'),
    '<strong>Note:</strong> 9 of 60 blocks do not count',
  );
});

test.each([
  ['too-few-rounds', 'results', 'Warning'],
  ['twin-differs', 'noise', 'Warning'],
  ['evidence-unread', 'evidence', 'Warning'],
  ['foreign-load', 'discarded', 'Warning'],
  ['missed-rounds', 'discarded', 'Note'],
  ['shared-pinning', 'limits', 'Warning'],
  ['unsteady-start', 'slices', 'Note'],
  ['a-code-of-a-newer-bench', 'environment', 'Note'],
])('%s is explained in the section %s, with what to do, as a %s', async (code, section, word) => {
  const warnings = [{ code, message: 'It happened.', hint: 'Do this.' }];
  const warned = await render({ ...model, summary: { ...model.summary, warnings } });
  const [, own = ''] =
    new RegExp(`<section aria-labelledby="${section}">(.*?)</section>`, 's').exec(warned) ?? [];
  holds(own, `<p><strong>${word}:</strong> It happened.</p><p>Do this.</p>`);
  expect(warned.split('It happened.').length - 1).toBeLessThanOrEqual(2);
});

test('path evidence is one row a deployment, in the order of the other tables, with its claims on demand', async () => {
  const section = between(page, 'id="evidence"', 'id="discarded"');
  const rows = [...section.matchAll(/<tr id="evidence-[^"]+"><th scope="row">([^<]+)</g)].map((it) => it[1]);
  expect(rows).toEqual(['nginx, host', 'nginx, host, second copy', 'nginx, bridge', 'nginx, mapped']);
  expect([...section.matchAll(/<b class="passed">10\/10 ✓<\/b>/g)]).toHaveLength(4);
  expect([...section.matchAll(/<details class="on-screen">/g)]).toHaveLength(4);
  holds(section, 'left out of print');
  const wrong = between(await render(modelOf({ contradicted: true })), 'id="evidence"', 'id="discarded"');
  holds(wrong, '<b class="failed">9/10 !</b><small>Round 1: contradicts the path.</small>');
  expect(wrong.indexOf('Not seen in 1 of 10')).toBeLessThan(wrong.indexOf('<details', wrong.indexOf('9/10')));
});

test('a run of many paths opens with the matrix, whose cells lead to their rows', async () => {
  const paths = await render(
    modelOf({
      profiles: ['latency'],
      comparisons: [
        { baseline: 'host/external', contenders: ['bridge/external/published'] },
        {
          baseline: 'host/host',
          contenders: ['native/host', 'bridge/host/container', 'bridge/host/loopback'],
        },
      ],
      effects: { 'native/host': {} },
    }),
  );
  const screen = firstScreen(paths);
  const [matrix = ''] = /<table class="matrix.*?<\/table>/s.exec(screen) ?? [];
  const cells = [
    ...matrix.matchAll(/<td class="(\w+)" data-label="[^"]+"><a href="#([^"]+)" title="[^"]+">(.*?)<\/a>/g),
  ];
  expect(cells).toHaveLength(4);
  for (const [, state, anchor = '', content = ''] of cells) {
    holds(paths, `<tr id="${anchor}">`);
    if (state === 'worse') holds(content, '<b>!</b>');
  }
  // The second line of the head has a cell for each column that the first leaves to it.
  expect([...matrix.matchAll(/<th scope="col">by /g)]).toHaveLength(2);
  const legend = [
    ...(/<span class="legend-line">(.*?)<\/caption>/s.exec(screen)?.[1] ?? '').matchAll(/<\/b> ([^<]+)</g),
  ];
  expect(legend.map((it) => it[1])[0]).toBe('a cost is shown');
});

test('a partial run says first what is missing and why', async () => {
  const partial = await render(modelOf({ keptShare: 0.6 }));
  const banner = partial.indexOf('This run is partial: interrupted by Ctrl-C.');
  expect(banner).toBeGreaterThan(0);
  expect(banner).toBeLessThan(partial.indexOf('<section'));
  holds(partial, '<a href="#repeat">Measure it whole</a>');
  expect(/Recorded: \d+ of 240 planned slices, in 6 of 10 rounds/.test(partial)).toBe(true);
  expect(page.includes('This run is partial')).toBe(false);
});

test('too few rounds: the interval is not called one of the plan', async () => {
  const few = await render(modelOf({ rounds: 3 }));
  holds(firstScreen(few), 'too few rounds for a 95 % interval');
  holds(few, 'no 95 % interval: too few rounds');
});

test('a run without any slice is a page, not an error', async () => {
  const empty = await render(
    buildReportModel({ ...syntheticRun({ seed: 1, rounds: 1, blocks: 1 }), slices: [] }),
  );
  holds(empty, 'Nothing to draw');
  holds(empty, 'id="environment"');
});

test('text from outside is escaped everywhere, and cannot become markup', async () => {
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
  expect([...html.matchAll(/<script/g)]).toHaveLength(1);
  expect([...html.matchAll(/<\/script/g)]).toHaveLength(1);
  expect(/[\u2028\u2029]/.test(html)).toBe(false);
  expect([...html.matchAll(/&lt;\/script&gt;/g)].length).toBeGreaterThan(15);
});

test('the script is one that a browser can parse', () => {
  expect(() => new Script(script)).not.toThrow();
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

test('the findings in words are folded away, and all of them are there', async () => {
  const headline = Array.from({ length: 30 }, (_, index) => `Finding number ${index}.`);
  const long = await render({ ...model, summary: { ...model.summary, headline } });
  holds(long, '<details><summary>In words</summary>');
  for (const sentence of headline) holds(visible(long), sentence);
});

test('nothing scrolls sideways or takes a tab stop without a purpose', async () => {
  const contenders = possiblePaths()
    .filter((it) => ['host', 'inside'].includes(it.vantage) && it.family === undefined && !isBaseline(it))
    .map(pathId);
  const wide = await render(
    modelOf({ profiles: ['latency'], comparisons: [{ baseline: 'host/host', contenders }] }),
  );
  expect(/tabindex|class="scroll"/.test(visible(wide))).toBe(false);
  for (const it of [page, wide]) expect(/<td(?![^>]*data-label)/.test(it)).toBe(false);
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
  holds(full, 'load generator on CPU 1; docker-proxy on any CPU: not permitted');
  holds(page, '<dt>Hypervisor</dt><dd>not read</dd>');
  holds(page, '<dt>Time of interrupts</dt><dd>not read</dd>');
});
