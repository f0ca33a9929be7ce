import { access, constants } from 'node:fs/promises';
import axe, { type AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';

/** The views in which a report is read. */
export const views = {
  light: { width: 1280, height: 900, colorScheme: 'light', media: 'screen' },
  dark: { width: 1280, height: 900, colorScheme: 'dark', media: 'screen' },
  narrow: { width: 390, height: 844, colorScheme: 'light', media: 'screen' },
  // What A4 leaves between its margins.
  print: { width: 720, height: 1000, colorScheme: 'light', media: 'print' },
} as const;
export type View = keyof typeof views;

/** Starts the distribution's Chromium, or the one that the variable CHROMIUM names. */
export async function startChromium(): Promise<Browser> {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  try {
    await access(executablePath, constants.X_OK);
  } catch (cause) {
    throw new Error(
      `The browser tests need Chromium, and ${executablePath} is none. Install it with \`npm run setup:tests\` as root ` +
        '(or `apt-get install chromium`), or name another one in the variable CHROMIUM.',
      { cause },
    );
  }
  // Root may not use Chromium's sandbox. The pages are our own.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

export interface OpenPage {
  readonly page: Page;
  /** Errors and warnings on the console, and errors of scripts. */
  readonly complaints: readonly string[];
  /** Addresses that the page asked for, other than its own. */
  readonly requests: readonly string[];
}

export async function openPage(browser: Browser, url: string, view: View): Promise<OpenPage> {
  const { width, height, colorScheme, media } = views[view];
  const context = await browser.newContext({ viewport: { width, height }, colorScheme });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== url && !request.url().startsWith('data:')) requests.push(request.url());
  });
  await page.emulateMedia({ media, colorScheme });
  await page.goto(url);
  await page.evaluate(() => document.fonts.ready);
  return { page, complaints, requests };
}

/** What axe finds on a page, a line a fault with its impact, how often, and an example. */
export async function axeFaults(page: Page): Promise<readonly { impact: string; words: string }[]> {
  await page.evaluate(axe.source);
  // The pages let nothing be loaded, not even by axe.
  const { violations } = await page.evaluate<AxeResults>(
    'axe.run(document, { resultTypes: ["violations"], preload: false })',
  );
  return violations.map(({ id, impact, nodes }) => ({
    impact: impact ?? 'unknown',
    words: `${id}: ${nodes.length} times, e.g. ${nodes[0]?.html.slice(0, 200)}`,
  }));
}

/** The faults that keep somebody from reading the page. */
export async function seriousFaults(page: Page): Promise<readonly string[]> {
  const faults = await axeFaults(page);
  return faults.flatMap(({ impact, words }) => (/serious|critical/.test(impact) ? [words] : []));
}
