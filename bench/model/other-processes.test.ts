import { expect, test } from 'vitest';
import { type OtherProcess, usedBetween } from './other-processes.ts';

const it_ = (
  key: string,
  name: string,
  cpuSeconds: number,
  more: Partial<OtherProcess> = {},
): OtherProcess => ({
  key,
  name,
  cpuSeconds,
  endedSeconds: 0,
  ...more,
});
const rounded = (uses: ReturnType<typeof usedBetween>) =>
  uses.map(({ name, cpuSeconds }) => [name, Number(cpuSeconds.toFixed(6))]);

test('what each took between the looks, by name, most first; who took nothing is not told', () => {
  const before = [
    it_('1-0', 'init', 3),
    it_('7-1', 'chrome', 10),
    it_('8-1', 'chrome', 1),
    it_('9-1', 'cron', 1),
  ];
  const after = [
    it_('1-0', 'init', 3.5),
    it_('7-1', 'chrome', 12),
    it_('8-1', 'chrome', 2),
    it_('9-1', 'cron', 1),
  ];
  expect(rounded(usedBetween(before, after))).toEqual([
    ['chrome', 3],
    ['init', 0.5],
  ]);
});

test('one that started between the looks took all of its time there, also where its pid was another’s before', () => {
  expect(rounded(usedBetween([it_('7-1', 'chrome', 10)], [it_('7-900', 'tar', 2)]))).toEqual([['tar', 2]]);
});

test('one that came and went counts as its parent', () => {
  const before = [it_('5-1', 'make', 1, { endedSeconds: 20 })];
  const after = [it_('5-1', 'make', 1.25, { endedSeconds: 24 })];
  expect(rounded(usedBetween(before, after))).toEqual([['make', 4.25]]);
});

test('one that ended between the looks leaves its parent what it took there, and not what it had taken before', () => {
  const before = [
    it_('5-1', 'make', 0),
    it_('6-1', 'sh', 1, { parent: '5-1', endedSeconds: 30 }),
    it_('7-1', 'cc1', 100, { parent: '6-1' }),
  ];
  // cc1 worked 2 s more and ended, then sh did.
  const after = [it_('5-1', 'make', 0, { endedSeconds: 133 })];
  expect(rounded(usedBetween(before, after))).toEqual([['make', 2]]);
  // Nobody waited for it in sight: less is known, and nothing is invented.
  expect(usedBetween(before, [it_('5-1', 'make', 0)])).toEqual([]);
});
