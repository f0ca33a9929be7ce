import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { summarySchema } from '../bench/model/summary.ts';
import { buildReportModel } from './analysis/build-report-model.ts';
import { renderHtml } from './html/render-html.ts';
import { renderMarkdown } from './markdown.ts';
import { bridgePath, syntheticRun } from './synthetic-run.fixture.ts';

/*
 * The relevance margin that a plan asks for, from the verdict to every place that prints it.
 */

const fontsDirectory = fileURLToPath(new URL('./fonts/', import.meta.url));
const recorded = syntheticRun({
  ...{ seed: 3, rounds: 10, blocks: 2, servers: ['nginx'], profiles: ['latency'] },
  effects: { [bridgePath]: { latency: 1.05 } },
});

function modelWith(margin: number) {
  const { run } = recorded;
  const plan = { ...run.plan, margins: { latency_p50_us: margin } };
  return buildReportModel({ ...recorded, run: { ...run, plan } });
}

function bridgeOf({ summary }: ReturnType<typeof modelWith>) {
  return summary.overheads.find(({ path, declared }) => path === bridgePath && declared);
}

test('a change of 5 % is shown by the usual margin, and too small to matter by one of 10 %', () => {
  expect(bridgeOf(buildReportModel(recorded))).toMatchObject({ verdict: 'slower' });
  expect(bridgeOf(buildReportModel(recorded))).not.toHaveProperty('margin');
  const wide = bridgeOf(modelWith(0.1));
  expect(wide).toMatchObject({ verdict: 'equivalent', margin: 0.1 });
  expect(wide?.reason).toContain('lies inside ±10 %');
  expect(summarySchema.parse(modelWith(0.1).summary).overheads).toContainEqual(wide);
  // Beyond the usual margin and within a wider one: that the change is there is shown, its size is not.
  expect(bridgeOf(modelWith(0.05))?.verdict).toBe('slower');
});

test('the reports print the margin of the run, not the usual one', async () => {
  const model = modelWith(0.1);
  const page = await renderHtml(model, { fontsDirectory });
  const visible = page.replace(/<(style|script)>.*?<\/\1>/gs, '');
  expect(visible.includes('The relevance margin is 10 % for median latency.')).toBe(true);
  expect(/>±10 %</.test(visible), 'the chart').toBe(true);
  expect(/\b(under|than|±)\s?2 %/.test(visible)).toBe(false);
  const markdown = renderMarkdown(model);
  expect(markdown).toContain('10 %');
  expect(markdown).not.toMatch(/\b(under|less than) 2 %/);
  expect(model.summary.headline.join(' ')).toContain('differs by less than 10 %');
  const about = modelWith(0.055);
  expect(about.summary.headline.join(' ')).toContain('that it is more than 5.5 % is not');
});
