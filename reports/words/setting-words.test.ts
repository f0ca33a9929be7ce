import { expect, test } from 'vitest';
import { parsePathId } from '../../bench/model/path.ts';
import type { Run } from '../../bench/model/run.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { servicePlan } from './service-plan.fixture.ts';
import { modeWords, settingWords, vantageWords } from './setting-words.ts';

const { run } = syntheticRun({ seed: 1, rounds: 1, blocks: 1 });
const on = (environment: Partial<Run['environment']>, plan: Partial<Run['plan']> = {}): Run => ({
  ...run,
  plan: { ...run.plan, ...plan },
  environment: { ...run.environment, ...environment },
});

test('what was measured, from where, on which CPU, and at which rate', () => {
  const xen = { cpuModel: 'Intel Xeon E5-2686 v4', hypervisor: 'xen', cpuCount: 4 };
  expect(settingWords({ ...on(xen), rates: { nginx: 9_000, apache: 6_000 } })).toEqual([
    'nginx and Apache, from a client on this machine, over a virtual link (no network card); ' +
      'bodies of 1,024 bytes, keep-alive connections.',
    'Intel Xeon E5-2686 v4, virtual (xen), 1 of 4 CPUs for the server, another for the load generator.',
    'CPU a request at one equal rate on all paths: 9,000 requests/s to nginx, 6,000 requests/s to Apache.',
  ]);
});

test('the plan that was chosen by its name is named', () => {
  expect(settingWords(on({}, { name: 'nightly' }))[0]).toMatch(/keep-alive connections\. Plan nightly\.$/);
});

test('several load generators are told, with the CPUs that they take', () => {
  const pinning = { kind: 'disjoint', serverCpus: '0', agentCpus: '3,1' } as const;
  expect(settingWords(on({ cpuCount: 4, pinning }, { agents: 2 }))[1]).toMatch(
    /1 of 4 CPUs for the server, 2 others for as many load generators\.$/,
  );
});

test("the user's service is named with its image, and with what it is asked", () => {
  expect(settingWords(on({}, servicePlan))[0]).toBe(
    'app (my/app:1.2), from a client on this machine, over a virtual link (no network card); ' +
      'GET /items?q=1, keep-alive connections.',
  );
});

test('one CPU for both ends is said, and so is a machine that is not virtual', () => {
  const environment = { hypervisor: 'none', pinning: { kind: 'shared' }, cpuCount: 1 } as const;
  expect(settingWords(on(environment))[1]).toBe(
    'Synthetic CPU, not virtual, 1 CPU, shared by server and load generator.',
  );
});

test('every vantage of the plan is named, and none is called remote', () => {
  const comparisons = ['host/external', 'host/host', 'host/inside'].map((baseline) => ({
    baseline,
    contenders: [],
  }));
  expect(settingWords(on({}, { servers: ['nginx'], comparisons }))[0]).toBe(
    'nginx, from a client on this machine, over a virtual link (no network card), or from the host itself, ' +
      "or from inside the server's own network stack; bodies of 1,024 bytes, keep-alive connections.",
  );
  expect(Object.values(vantageWords).join()).not.toContain('remote');
});

test.each([
  ['bridge/external/published', 'bridge mode'],
  ['bridge/host/published', 'bridge mode by published port'],
  ['bridge/host/container', 'bridge mode by container address'],
  ['bridge/external/published/ipv6', 'bridge mode over IPv6'],
  ['native/host', 'a native process'],
])('%s is called %s', (id, words) => {
  const path = parsePathId(id);
  expect(path && modeWords(path)).toBe(words);
});
