import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderCompareHtml } from '../across/compare-html.ts';
import { compareRuns } from '../across/compare-runs.ts';
import { recordOf } from '../across/recorded-runs.fixture.ts';
import { bridgePath, usualEffect } from '../synthetic-run.fixture.ts';
import {
  type OpenPage,
  openPage,
  seriousFaults,
  startChromium,
  type View,
  views,
} from './chromium.fixture.ts';
import { faintMarks, headings, hiddenFolds, sidewaysScrollers, smallChartTexts } from './in-page.fixture.ts';
import { fontsDirectory } from './samples.fixture.ts';

/*
 * The page of `bench compare` in a real Chromium: two runs of one environment, and five of several with everything
 * that can be told of them.
 */

const slower = { effects: { [bridgePath]: { ...usualEffect, latency: 1.3 } } };
const documents = {
  two: compareRuns([recordOf(1), recordOf(2, slower)]),
  five: compareRuns([
    recordOf(1),
    recordOf(2, { ...slower, environment: { kernel: '6.2.0', benchVersion: '0.2.0' } }),
    recordOf(3, { foreign: { share: 0.2, processes: ['chrome'] } }),
    recordOf(4, {
      servers: ['nginx'],
      environment: { mitigations: { spectre_v2: `Mitigation: ${'long '.repeat(40)}` } },
    }),
    recordOf(5),
  ]),
} as const;
type PageName = keyof typeof documents;
const names = ['two', 'five'] as const satisfies readonly PageName[];
const viewNames = Object.keys(views).filter((it): it is View => it in views);
const everyView = names.flatMap((name) => viewNames.map((view) => ({ name, view })));

let browser: Browser;
let directory: string;
const opened = new Map<string, Promise<OpenPage>>();

beforeAll(async () => {
  browser = await startChromium();
  directory = await mkdtemp(join(tmpdir(), 'bench-compare-page-'));
  for (const name of names) {
    await writeFile(
      join(directory, `${name}.html`),
      await renderCompareHtml(documents[name], { fontsDirectory }),
    );
  }
});

afterAll(async () => {
  await browser?.close();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

function open(name: PageName, view: View): Promise<OpenPage> {
  const key = `${name} ${view}`;
  const url = pathToFileURL(join(directory, `${name}.html`)).href;
  const found = opened.get(key) ?? openPage(browser, url, view);
  opened.set(key, found);
  return found;
}

test.each(everyView)('$name runs, $view: axe finds nothing serious', async ({ name, view }) => {
  const { page } = await open(name, view);
  expect(await seriousFaults(page)).toEqual([]);
});

test.each(everyView)(
  '$name runs, $view: nothing scrolls sideways, is asked for or complained of, and charts can be read',
  async ({ name, view }) => {
    const { page, complaints, requests } = await open(name, view);
    expect({ complaints, requests }).toEqual({ complaints: [], requests: [] });
    expect(await page.evaluate(sidewaysScrollers)).toEqual([]);
    expect(await page.locator('svg.chart text').count()).toBeGreaterThan(20);
    expect(await page.evaluate(smallChartTexts, 12)).toEqual([]);
    expect(await page.locator('script').count()).toBe(0);
  },
);

test.each(names.flatMap((name) => (['light', 'dark'] as const).map((view) => ({ name, view }))))(
  '$name runs, $view: marks of charts stand out 3:1',
  async ({ name, view }) => {
    const { page } = await open(name, view);
    expect(await page.evaluate(faintMarks, 3)).toEqual([]);
  },
);

test.each(names)('%s runs: the headings begin with the finding and skip no level', async (name) => {
  const { page } = await open(name, 'light');
  const found = await page.evaluate(headings);
  expect(found[0]).toMatchObject({ level: 1, text: expect.stringMatching(/costs more than A/) });
  for (const [index, { level, text }] of found.entries()) {
    expect(level, text).toBeLessThanOrEqual((found[index - 1]?.level ?? 0) + 1);
  }
});

test.each(names)('%s runs: print shows what is folded', async (name) => {
  const { page } = await open(name, 'print');
  expect(await page.evaluate(hiddenFolds)).toEqual([]);
});
