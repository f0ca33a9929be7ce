import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isBaseline, possiblePaths } from '../../bench/model/network-modes.ts';
import { pathId } from '../../bench/model/path.ts';
import { waterfallPaths } from '../../bench/model/waterfall.ts';
import { buildReportModel } from '../analysis/build-report-model.ts';
import { readReportFont, textWidthOf } from '../fonts/text-width.ts';
import type { ReportModel } from '../report-model.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { paragraph } from './canvas.ts';
import { pngOf } from './png.ts';
import { renderPicture } from './render-picture.ts';

const fontsDirectory = fileURLToPath(new URL('../fonts/', import.meta.url));
const font = await readReportFont(fontsDirectory);
const baselines = possiblePaths().filter(isBaseline);

/** A run of each kind. */
const models: Readonly<Record<string, ReportModel>> = {
  modes: buildReportModel(syntheticRun({ seed: 1, rounds: 10, blocks: 2 })),
  waterfall: buildReportModel(
    syntheticRun({
      ...{ seed: 5, rounds: 10, servers: ['nginx'], profiles: ['latency'] },
      comparisons: [{ baseline: 'host/host', contenders: waterfallPaths.filter((it) => it !== 'host/host') }],
      effects: { 'bridge/host/loopback': { latency: 2, serverCpu: 2 } },
    }),
  ),
  paths: buildReportModel(
    syntheticRun({
      ...{ seed: 3, rounds: 12, blocks: 1, servers: ['nginx'], profiles: ['latency'] },
      comparisons: baselines.map((baseline) => ({
        baseline: pathId(baseline),
        contenders: possiblePaths()
          .filter((it) => !isBaseline(it) && it.vantage === baseline.vantage && it.family === baseline.family)
          .map(pathId),
      })),
      effects: { 'bridge/host/loopback': { latency: 2, serverCpu: 2 } },
    }),
  ),
};

test.each(Object.entries(models))('the picture of a run of the kind %s', async (kind, model) => {
  await expect(renderPicture(model, font)).toMatchFileSnapshot(
    join(import.meta.dirname, `${kind}.golden.svg`),
  );
});

test('the picture needs nothing from outside, and its texts keep their widths', () => {
  for (const model of Object.values(models)) {
    const svg = renderPicture(model, font);
    expect(/href|url\(|<style|var\(|@font-face|<script/.test(svg)).toBe(false);
    const texts = [...svg.matchAll(/<text [^>]*>/g)].map((it) => it[0]);
    expect(texts.length).toBeGreaterThan(20);
    expect(texts.filter((it) => !it.includes('textLength="'))).toEqual([]);
  }
});

test('a run that is not whole, or may not be used, says so in its picture', () => {
  const partial = buildReportModel(
    syntheticRun({ seed: 1, rounds: 8, servers: ['nginx'], keptShare: 0.9, twinEffect: { latency: 1.3 } }),
  );
  const said = renderPicture(partial, font).replace(/<[^>]*>/g, ' ');
  expect(said).toMatch(/partial/i);
  expect(said).toMatch(/Do not use/);
});

test('words of others are shown and not obeyed', () => {
  const model = models['modes'];
  if (model === undefined) throw new Error('no model to test with');
  const { environment } = model.run;
  const run = { ...model.run, environment: { ...environment, cpuModel: '</svg><script>"&' } };
  const svg = renderPicture({ ...model, run }, font);
  expect(svg).not.toContain('<script');
  expect(svg.match(/<\/svg>/g)).toHaveLength(1);
  expect(svg).toContain('&lt;script&gt;');
});

test('lines break at spaces, keep their pieces, and fit', () => {
  const textWidth = textWidthOf(font);
  const pieces = [
    { text: 'Noise check passed.', bold: true },
    { text: 'Host mode did not differ from itself.' },
  ];
  const { markup, bottom } = paragraph(
    { textWidth },
    pieces,
    { x: 0, top: 0, width: 160 },
    { size: 14, color: '#1b1f27' },
  );
  const lines = [
    ...markup.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*textLength="([\d.]+)"[^>]*>([^<]*)</g),
  ];
  expect(
    lines
      .map((it) => it[4])
      .join(' ')
      .replace(/ +/g, ' '),
  ).toBe('Noise check passed. Host mode did not differ from itself.');
  expect(new Set(lines.map((it) => it[2])).size).toBeGreaterThan(1);
  for (const [, x = '', , width = ''] of lines) expect(Number(x) + Number(width)).toBeLessThanOrEqual(160);
  expect(bottom).toBeGreaterThan(30);
});

test('the PNG is twice as wide as the SVG, in the report’s own font', async () => {
  const model = models['modes'];
  if (model === undefined) throw new Error('no model to test with');
  const png = Buffer.from(await pngOf(renderPicture(model, font), fontsDirectory));
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  expect(png.readUInt32BE(16)).toBe(2400);
  const without = Buffer.from(
    await pngOf(renderPicture(model, font).replaceAll(/<text [^>]*>[^<]*<\/text>/g, ''), fontsDirectory),
  );
  // A text without a glyph would leave the picture as it is.
  expect(png.length).toBeGreaterThan(2 * without.length);
});
