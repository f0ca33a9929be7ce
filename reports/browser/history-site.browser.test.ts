import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { historyOf } from '../history/history.ts';
import { nightlyRuns } from '../history/nightly-runs.fixture.ts';
import { renderSite } from '../history/site.ts';
import { axeFaults, openPage, startChromium, type View, views } from './chromium.fixture.ts';
import { sidewaysScrollers, smallChartTexts } from './in-page.fixture.ts';
import { fontsDirectory } from './samples.fixture.ts';

/* The pages of `bench history html` as a reader's browser shows them, from the disk. */

let browser: Browser;
let directory: string;
let pages: readonly string[];

beforeAll(async () => {
  browser = await startChromium();
  directory = await mkdtemp(join(tmpdir(), 'bench-history-browser-'));
  const files = await renderSite(historyOf(nightlyRuns()), {
    fontsDirectory,
    reportOf: ({ runId }) => `../${runId}/report.html`,
    skipped: [{ folder: 'photos', reason: 'it has no run.json: it is no run folder' }],
  });
  for (const { name, content } of files) await writeFile(join(directory, name), content);
  pages = [
    'index.html',
    'nginx-latency-bridge-external-published-against-host-external-latency_p50_us.html',
    'apache-throughput-mapped-external-published-against-host-external-throughput_rps.html',
  ];
  const written = files.map(({ name }) => name);
  expect(written).toEqual(expect.arrayContaining([...pages]));
});

afterAll(async () => {
  await browser?.close();
  if (directory !== undefined) await rm(directory, { recursive: true, force: true });
});

const everyView = Object.keys(views).filter((it): it is View => it in views);

test.each(everyView)(
  'the pages have no fault that axe finds, and no sideways scrolling: %s',
  async (view) => {
    for (const name of pages) {
      const { page, complaints, requests } = await openPage(
        browser,
        pathToFileURL(join(directory, name)).href,
        view,
      );
      try {
        expect(await axeFaults(page), name).toEqual([]);
        expect(await page.evaluate(sidewaysScrollers)).toEqual([]);
        expect(await page.evaluate(smallChartTexts, 12)).toEqual([]);
        expect(complaints).toEqual([]);
        expect(requests).toEqual([pathToFileURL(join(directory, 'style.css')).href]);
        expect(await page.evaluate('document.fonts.check("16px Inter")')).toBe(true);
      } finally {
        await page.context().close();
      }
    }
  },
);
