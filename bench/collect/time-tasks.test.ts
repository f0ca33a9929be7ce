import { expect, test } from 'vitest';
import { Failure } from '../model/failure.ts';
import { collecting } from './collecting.fixture.ts';

test('a run that does not ask for it times no small tasks', async () => {
  const { stage, evidence } = await collecting();
  expect(stage.journal.filter((line) => line.startsWith('time'))).toEqual([]);
  expect(evidence.map(({ probes }) => probes)).toEqual(evidence.map(() => undefined));
  expect(stage.journal.filter((line) => line.startsWith('deploy'))).toEqual(['deploy 3', 'deploy 3']);
});

test('small tasks are timed on each path, after the slices of a round and before its servers go', async () => {
  const { stage, evidence } = await collecting({ flags: { probes: true, rounds: '1' } });
  const { journal } = stage;
  const timed = journal.flatMap((line, index) => (/^time (connect|request)/.test(line) ? [index] : []));
  expect(timed).toHaveLength(6);
  expect(Math.min(...timed)).toBeGreaterThan(journal.findLastIndex((line) => line.startsWith('slice nginx')));
  expect(Math.max(...timed)).toBeLessThan(journal.indexOf('let go'));
  expect(journal).toContain('deploy 3 one by one');
  const seen = evidence.map(({ path, probes }) => [path, probes?.connect]);
  const host = ['host/external', { count: 1_000, p50Us: 100, p75Us: 120 }];
  const bridge = ['bridge/external/published', { count: 1_000, p50Us: 120, p75Us: 144 }];
  expect(seen).toHaveLength(3);
  expect(seen).toEqual(expect.arrayContaining([host, bridge]));
});

test('in a long run, small tasks are timed and servers start one by one in ten rounds; the others are as without', async () => {
  const { stage, evidence } = await collecting({ flags: { probes: true, rounds: '12', blocks: '1' } });
  const deployed = stage.journal.filter((line) => line.startsWith('deploy'));
  expect(deployed.filter((line) => line === 'deploy 3 one by one')).toHaveLength(10);
  expect(deployed.filter((line) => line === 'deploy 3')).toHaveLength(2);
  const oneByOne = deployed.flatMap((line, index) => (line === 'deploy 3' ? [] : [index + 1]));
  const timed = new Set(evidence.flatMap(({ round, probes }) => (probes === undefined ? [] : [round])));
  expect([...timed]).toEqual(oneByOne);
});

test('every start is in the evidence, whether or not it was asked for', async () => {
  const { evidence } = await collecting();
  expect(evidence).toHaveLength(6);
  for (const { start } of evidence) expect(start).toMatchObject({ startSeconds: 0.2, atOnce: 3 });
});

test('a server that did not start has no figures, and costs the others nothing', async () => {
  const { evidence, collected } = await collecting({
    flags: { probes: true, rounds: '1' },
    stage: {
      refuse: ({ route }) =>
        route.server.kind === 'bridge' ? new Failure('casesFailed', 'port taken') : undefined,
    },
  });
  expect(collected.state).toBe('complete');
  expect(evidence.map(({ path, probes }) => [path, probes !== undefined])).toEqual([
    ['host/external', true],
    ['host/external', true],
  ]);
});

test('the load generator by itself is measured once in every run', async () => {
  const { stage, collected } = await collecting();
  expect(collected.timedOnce).toEqual({ agentCeiling: expect.objectContaining({ connections: 32 }) });
  expect(stage.journal.filter((line) => line === 'load on nothing')).toHaveLength(1);
  expect(stage.journal.indexOf('load on nothing')).toBeLessThan(stage.journal.indexOf('clear'));
});

test('what several load generators reach is that of all, and how busy they were that of each', async () => {
  const [one, both] = [await collecting(), await collecting({ stage: { agentsEach: 2 } })].map(
    ({ collected }) => collected.timedOnce?.agentCeiling,
  );
  if (one === undefined || both === undefined) throw new Error('not measured');
  expect(both.requestsPerSecond / one.requestsPerSecond).toBeCloseTo(1, 1);
  // Half of the connections keep each of them less busy.
  expect(both.agentBusy).toBeLessThan(one.agentBusy);
});

test('lookups and the load generator are timed once, and what stood for it is gone before the next round', async () => {
  const { stage, collected } = await collecting({ flags: { probes: true } });
  const { journal } = stage;
  expect(collected.timedOnce).toEqual({
    lookups: [
      { mode: 'host', nameServers: ['198.18.0.130'], asked: 'bench', timed: lookedUp },
      { mode: 'user-bridge', nameServers: ['127.0.0.11'], asked: 'bench', timed: lookedUp },
      { mode: 'user-bridge', nameServers: ['127.0.0.11'], asked: 'container', timed: lookedUp },
    ],
    agentCeiling: {
      requestsPerSecond: expect.any(Number),
      connections: 32,
      agentBusy: expect.any(Number),
    },
  });
  expect(collected.timedOnce?.agentCeiling?.requestsPerSecond).toBeGreaterThan(0);
  const once = journal.filter((line) => /lookup|beside|nothing/.test(line));
  expect(once).toEqual([
    'lookup places',
    ...['time lookup', 'time lookup', 'time lookup'],
    'lookup places gone',
    'agent beside',
    'serve nothing',
    'load on nothing',
    'agent beside gone',
  ]);
  expect(journal.indexOf('agent beside gone')).toBeLessThan(journal.indexOf('clear'));
});

const lookedUp = { count: 1_000, p50Us: 200, p75Us: 300 };
