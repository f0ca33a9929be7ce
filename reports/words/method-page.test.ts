import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatCount, formatPercent } from '../../bench/model/format.ts';
import { metric, metricNames } from '../../bench/model/metric.ts';
import { mostRounds } from '../../bench/model/plan.ts';
import { loadProfiles, profileNames } from '../../bench/model/profile.ts';
import { validityRules } from '../../bench/model/slice.ts';
import { rules } from '../../bench/model/validity-rules.ts';
import { foreignLimits, largestLostShare } from '../analysis/trust.ts';
import { type Formula, formulas } from './formulas.ts';
import { methodPage } from './method-page.ts';

const top = join(import.meta.dirname, '..', '..');
const page = await readFile(join(top, methodPage), 'utf8');
const text = page.replace(/\s+/g, ' ');
const tableRows = page.split('\n').filter((line) => line.startsWith('| '));

test.each(Object.entries(formulas))(
  'the page has the formula of %s, with its words and its source',
  (_, it) => {
    const { formula, words, source }: Formula = it;
    expect(text).toContain(`- \`${formula}\`: ${words}${source === undefined ? '' : ` (${source})`}.`);
  },
);

test('the page has every profile with its connections and its declared metric', () => {
  for (const name of profileNames) {
    const { connections, declaredMetric } = loadProfiles[name];
    const row = tableRows.find((line) => line.startsWith(`| \`${name}\` |`));
    expect(row, name).toContain(`${connections} connection`);
    expect(row, name).toContain(`\`${declaredMetric}\``);
  }
});

test('the page has every metric, with its margin where it is its own and the responses that it needs', () => {
  for (const name of metricNames) expect(page).toContain(`\`${name}\``);
  const usual = metric('latency_p50_us').usualMargin;
  const others = metricNames.filter((name) => metric(name).usualMargin !== usual);
  const own = others.map((name) => `and ${formatPercent(metric(name).usualMargin)} for \`${name}\``);
  expect(text).toContain(`δ is ${formatPercent(usual)}, ${own.join(', ')}.`);
  for (const name of metricNames) {
    const { minResponses } = metric(name);
    if (minResponses > 1) {
      expect(text).toContain(`\`${name}\` where every round holds ${formatCount(minResponses)} responses`);
    }
  }
});

test('the page has every rule of validity, those of blocks and those of rounds apart', () => {
  const [, ofBlocks = '', ofRounds = ''] =
    /a block counts with([\s\S]*?)a case has a figure with([\s\S]*?)\n\n\*/.exec(page) ?? [];
  for (const rule of validityRules) {
    const [own, other] = rules[rule].leavesOut === 'block' ? [ofBlocks, ofRounds] : [ofRounds, ofBlocks];
    expect(own, rule).toContain(`\n| \`${rule}\` |`);
    expect(other, rule).not.toContain(`| \`${rule}\` |`);
  }
});

test('the page has the limits of trust and of rounds', () => {
  expect(text).toContain(
    `more than ${formatPercent(largestLostShare)} of the group's blocks or of the comparison's rounds`,
  );
  expect(text).toContain(
    `more than ${formatPercent(foreignLimits.warning)} on average over all blocks warns`,
  );
  expect(text).toContain(
    `With more than ${formatPercent(foreignLimits.untrusted)} its verdicts are \`untrusted\``,
  );
  expect(text).toContain(`A run has at most ${mostRounds} rounds.`);
});

test('the page is in the package and what it links to is there', async () => {
  const { files } = JSON.parse(await readFile(join(top, 'package.json'), 'utf8'));
  expect(files).toContain('bench/docs');
  const links = [...page.matchAll(/\]\(([^)#]+)\)/g)].map(([, target = '']) => target);
  for (const link of links) expect(await readFile(join(top, 'bench/docs', link), 'utf8')).toMatch(/^# /);
});
