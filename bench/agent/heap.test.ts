import { constants, type NodeGCPerformanceDetail, PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { garbageCollector } from './heap.ts';

test('the collector collects the young garbage when it is called', async () => {
  const kinds: (number | undefined)[] = [];
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      kinds.push((entry as unknown as { detail: NodeGCPerformanceDetail }).detail.kind);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  const collect = garbageCollector();
  for (let time = 0; time < 20; time++) collect();
  await pause(50);
  observer.disconnect();
  expect(kinds.filter((kind) => kind === constants.NODE_PERFORMANCE_GC_MINOR).length).toBeGreaterThanOrEqual(
    20,
  );
});
