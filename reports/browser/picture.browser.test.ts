import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readReportFont } from '../fonts/text-width.ts';
import { renderPicture } from '../picture/render-picture.ts';
import { startChromium } from './chromium.fixture.ts';
import { clashingTexts } from './in-page.fixture.ts';
import { fontsDirectory, sampleModel, sampleNames } from './samples.fixture.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await startChromium();
});

afterAll(() => browser?.close());

test.each(sampleNames)(
  '%s: no text of the picture reaches out of it or into another, in a font of the machine',
  async (name) => {
    const svg = renderPicture(await sampleModel(name), await readReportFont(fontsDirectory));
    const page = await browser.newPage({ viewport: { width: 1240, height: 1600 } });
    await page.setContent(`<!doctype html><body style="margin:0">${svg}</body>`);
    expect(await page.locator('text').count()).toBeGreaterThan(20);
    expect(await page.evaluate(clashingTexts)).toEqual([]);
    await page.close();
  },
);
