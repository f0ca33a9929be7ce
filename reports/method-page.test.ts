import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { metric, metricNames } from '../bench/model/metric.ts';
import { validityRules } from '../bench/model/slice.ts';
import { formatCount, formatPercent } from './format.ts';
import { methodPage } from './method-page.ts';

const top = join(import.meta.dirname, '..');
const page = await readFile(join(top, methodPage), 'utf8');

test('the page has every metric with its margin and the responses that it needs, as they are in the code', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| '));
  for (const name of metricNames) {
    const { margin, minResponses } = metric(name);
    const row = rows.find((line) => line.startsWith(`| ${name} |`));
    expect(row, name).toMatch(
      new RegExp(`\\| ${formatPercent(margin)} \\| ${formatCount(minResponses)} \\|$`),
    );
  }
});

test('the page has every rule of validity', () => {
  for (const rule of validityRules) expect(page).toContain(`\n| ${rule} |`);
});

test('the page is in the package and what it links to is there', async () => {
  const { files } = JSON.parse(await readFile(join(top, 'package.json'), 'utf8'));
  expect(files).toContain('bench/docs');
  const links = [...page.matchAll(/\]\(([^)#]+)\)/g)].map(([, target = '']) => target);
  expect(links.length).toBeGreaterThan(3);
  for (const link of links) expect(await readFile(join(top, 'bench/docs', link), 'utf8')).toMatch(/^# /);
});
