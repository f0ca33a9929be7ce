import { expect, test } from 'vitest';
import { seriesOf } from './series.ts';

const host = { path: 'host/external', role: 'baseline' } as const;
const twin = { path: 'host/external', role: 'twin' } as const;
const published = { path: 'bridge/external/published', role: 'contender' } as const;
const container = { path: 'bridge/host/container', role: 'contender' } as const;
const mapped = { path: 'mapped/external/published', role: 'contender' } as const;

test('a mode has one colour, whatever its vantage, address or role', () => {
  const colors = seriesOf([host, twin, published, container, mapped]).map((it) => it.color);
  expect(colors[1]).toBe(colors[0]);
  expect(colors[3]).toBe(colors[2]);
  expect(new Set(colors).size).toBe(3);
});

test('series of one colour differ by dash, series of different modes by shape', () => {
  const series = seriesOf([host, twin, published, container, mapped]);
  const looks = series.map((it) => `${it.color} ${it.dash.join(',')}`);
  expect(new Set(looks).size).toBe(series.length);
  expect(new Set(series.map((it) => it.shape)).size).toBe(3);
});

test('each deployment appears once, in the order of first appearance', () => {
  expect(seriesOf([host, published, host, twin, published]).map((it) => it.label)).toEqual([
    'host/external',
    'bridge/external/published',
    'host/external (twin)',
  ]);
});
