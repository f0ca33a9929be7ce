import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { firstScreenOf } from '../first-screen/first-screen.ts';
import { renderHtml } from '../html/render-html.ts';
import {
  type OpenPage,
  openPage,
  seriousFaults,
  startChromium,
  type View,
  views,
} from './chromium.fixture.ts';
import {
  faintMarks,
  firstScreenWords,
  focusedStop,
  foldedWords,
  headings,
  hiddenFolds,
  sidewaysScrollers,
  smallChartTexts,
} from './in-page.fixture.ts';
import { fontsDirectory, type SampleName, sampleModel, sampleNames } from './samples.fixture.ts';

/*
 * The report as a reader's browser shows it: three committed runs, one of each kind, in a real Chromium.
 */

/** Most bytes of report.html. */
const largest = { default: 700_000, waterfall: 700_000, paths: 1_500_000 } as const satisfies Record<
  SampleName,
  number
>;
const viewNames = Object.keys(views).filter((it): it is View => it in views);
const everyView = sampleNames.flatMap((sample) => viewNames.map((view) => ({ sample, view })));

let browser: Browser;
let directory: string;
const pages = new Map<
  SampleName,
  { readonly url: string; readonly html: string; readonly finding: string }
>();

beforeAll(async () => {
  browser = await startChromium();
  directory = await mkdtemp(join(tmpdir(), 'bench-browser-'));
  for (const name of sampleNames) {
    const model = await sampleModel(name);
    const html = await renderHtml(model, { fontsDirectory });
    const file = join(directory, `${name}.html`);
    await writeFile(file, html);
    pages.set(name, { html, url: pathToFileURL(file).href, finding: firstScreenOf(model).finding });
  }
});

afterAll(async () => {
  await browser?.close();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

function pageOf(name: SampleName) {
  const found = pages.get(name);
  if (found === undefined) throw new Error(`no page of ${name}`);
  return found;
}

/** Each page is opened once a view, and no test changes what another one looks at. */
const opened = new Map<string, Promise<OpenPage>>();

function open(sample: SampleName, view: View): Promise<OpenPage> {
  const key = `${sample} ${view}`;
  const found = opened.get(key) ?? openPage(browser, pageOf(sample).url, view);
  opened.set(key, found);
  return found;
}

test.each(everyView)('$sample, $view: axe finds nothing serious', async ({ sample, view }) => {
  const { page } = await open(sample, view);
  expect(await seriousFaults(page)).toEqual([]);
});

test.each(everyView)(
  '$sample, $view: the page asks for nothing and complains of nothing',
  async ({ sample, view }) => {
    const { complaints, requests } = await open(sample, view);
    expect(complaints).toEqual([]);
    expect(requests).toEqual([]);
  },
);

test.each(everyView)('$sample, $view: nothing scrolls sideways', async ({ sample, view }) => {
  const { page } = await open(sample, view);
  expect(await page.evaluate(sidewaysScrollers)).toEqual([]);
});

test.each(everyView)(
  '$sample, $view: the text of charts has at least 12 pixels',
  async ({ sample, view }) => {
    const { page } = await open(sample, view);
    expect(await page.locator('svg.chart text').count()).toBeGreaterThan(20);
    expect(await page.evaluate(smallChartTexts, 12)).toEqual([]);
  },
);

test.each(sampleNames.flatMap((sample) => (['light', 'dark'] as const).map((view) => ({ sample, view }))))(
  '$sample, $view: marks of charts stand out 3:1',
  async ({ sample, view }) => {
    const { page } = await open(sample, view);
    expect(await page.evaluate(faintMarks, 3)).toEqual([]);
  },
);

test.each(sampleNames)('%s: the file is no larger than a mail carries', (sample) => {
  expect(Buffer.byteLength(pageOf(sample).html)).toBeLessThan(largest[sample]);
});

test.each(sampleNames)('%s: the first screen has fewer than 160 words outside its table', async (sample) => {
  const { page } = await open(sample, 'light');
  const words = await page.evaluate(firstScreenWords);
  expect(words).toBeGreaterThan(40);
  expect(words).toBeLessThan(160);
});

test.each(sampleNames)('%s: the headings tell the story, and skip no level', async (sample) => {
  const { page } = await open(sample, 'light');
  const found = await page.evaluate(headings);
  const tops = found.filter(({ level }) => level === 1).map(({ text }) => text);
  expect(tops).toEqual([pageOf(sample).finding]);
  expect(found[0]?.level).toBe(1);
  for (const [index, { level, text }] of found.entries()) {
    expect(level, text).toBeLessThanOrEqual((found[index - 1]?.level ?? 0) + 1);
  }
});

test.each(sampleNames.flatMap((sample) => (['light', 'narrow'] as const).map((view) => ({ sample, view }))))(
  '$sample, $view: every tab stop has a purpose',
  async ({ sample, view }) => {
    const { page } = await open(sample, view);
    const idle: string[] = [];
    let stops = 0;
    for (; stops < 5_000; stops++) {
      await page.keyboard.press('Tab');
      const stop = await page.evaluate(focusedStop);
      if (stop === undefined) break;
      if (stop.purpose.startsWith('none')) idle.push(`${stop.purpose}: ${stop.name}`);
    }
    expect(stops).toBeGreaterThan(3);
    expect(idle).toEqual([]);
  },
);

test.each(sampleNames)(
  '%s: print shows what is folded, and says that the evidence is left out',
  async (sample) => {
    const { page } = await open(sample, 'print');
    expect(await page.locator('details').count()).toBeGreaterThan(0);
    expect(await page.evaluate(hiddenFolds)).toEqual([]);
    const evidence = page.locator('section', { has: page.locator('#evidence') });
    expect(await evidence.locator('details').count()).toBeGreaterThan(0);
    expect(await evidence.locator('details li').filter({ visible: true }).count()).toBe(0);
    expect(await evidence.innerText()).toMatch(/left out of print/);
  },
);

test.each(sampleNames)('%s: the PDF has every word that is folded on the screen', async (sample) => {
  const { page } = await open(sample, 'print');
  const file = join(directory, `${sample}.pdf`);
  await page.pdf({ path: file, format: 'A4' });
  // Debian's poppler-utils; npm run setup:tests installs it.
  const { stdout } = await promisify(execFile)('pdftotext', ['-raw', file, '-'], { maxBuffer: 2 ** 26 });
  const printed = new Set(
    stdout
      .normalize('NFKC')
      .toLowerCase()
      .match(/\p{L}{4,}/gu) ?? [],
  );
  const folded = await page.evaluate(foldedWords);
  expect(folded.length).toBeGreaterThan(100);
  expect(folded.filter((word) => !printed.has(word))).toEqual([]);
});
