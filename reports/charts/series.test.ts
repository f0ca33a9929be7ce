import { expect, test } from 'vitest';
import { lookOf, seriesOf } from './series.ts';

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

test('each look appears once, in the order of first appearance, by a name for readers', () => {
  expect(seriesOf([host, published, host, twin, published, container]).map((it) => it.label)).toEqual([
    'host',
    'bridge',
    'host (second copy)',
    "bridge by the container's address",
  ]);
});

test('what differs only in where the client stands looks alike', () => {
  const near = { path: 'host/neighbor', role: 'baseline' } as const;
  const series = seriesOf([host, near]);
  expect(series).toHaveLength(1);
  expect(lookOf(series, near)).toBe(lookOf(series, host));
});
