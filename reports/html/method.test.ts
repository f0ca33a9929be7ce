import { expect, test } from 'vitest';
import { buildReportModel } from '../analysis/build-report-model.ts';
import { formulas } from '../formulas.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { escapeHtml } from './markup.ts';
import { methodSection } from './method.ts';

test('the report has every formula, in the words of the method', () => {
  const run = syntheticRun({ seed: 1, rounds: 1, blocks: 1, servers: ['nginx'], profiles: ['latency'] });
  const { markup } = methodSection(buildReportModel(run));
  for (const { formula, words } of Object.values(formulas)) {
    expect(markup).toContain(`<dt><code>${escapeHtml(formula)}</code></dt><dd>${escapeHtml(words)}`);
  }
});
