import { expect, test } from 'vitest';
import { vantageDiffers } from './vantage-differs.ts';

test('a comparison across vantages is told, with the paths that it is about', () => {
  const comparisons = [
    { baseline: 'host/external', contenders: ['bridge/external/published'] },
    { baseline: 'host/host', contenders: ['bridge/host/container', 'mapped/inside'] },
  ];
  const told = vantageDiffers({ comparisons });
  expect(told.map(({ code }) => code)).toEqual(['vantage-differs']);
  expect(told[0]?.message).toMatch(/: mapped\/inside is dialled from inside .* host\/host from the host's/);
});

test('within a vantage there is nothing to tell', () => {
  const comparisons = [{ baseline: 'host/host', contenders: ['bridge/host/container', 'native/host'] }];
  expect(vantageDiffers({ comparisons })).toEqual([]);
});
