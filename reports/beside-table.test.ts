import { expect, test } from 'vitest';
import { isProbed } from '../bench/model/probed-rounds.ts';
import { buildReportModel } from './analysis/build-report-model.ts';
import { besideTables } from './beside-table.ts';
import { renderHtml } from './html/render-html.ts';
import { renderMarkdown } from './markdown.ts';
import { type SyntheticOptions, syntheticRun } from './synthetic-run.fixture.ts';
import { renderTerminal } from './terminal.ts';
import { servicePlan } from './words/service-plan.fixture.ts';

const small = { seed: 3, servers: ['nginx'], profiles: ['latency'], blocks: 1 } as const;
const timed = { startSeconds: 0.1, connectUs: 30 };
const fontsDirectory = new URL('fonts', import.meta.url).pathname;

function modelOf(options: Partial<SyntheticOptions> = {}) {
  return buildReportModel(syntheticRun({ ...small, rounds: 10, timed, ...options }));
}

function rowOf(what: string, role: string, path: string) {
  const row = modelOf().summary.besideRequests?.find(
    (it) => it.what === what && it.role === role && it.path === path,
  );
  if (row?.compared === undefined) throw new Error(`${what} of ${path} is not compared`);
  return row.compared;
}

test('a start that takes 100 ms longer is found with an interval, and the second copy of host mode is not slower', () => {
  const bridge = rowOf('ready', 'contender', 'bridge/external/published');
  expect(bridge.differenceLowSeconds).toBeLessThan(0.1);
  expect(bridge.differenceHighSeconds).toBeGreaterThan(0.1);
  expect(bridge.differenceLowSeconds).toBeGreaterThan(0.05);
  expect(bridge.rounds).toBe(10);
  const twin = rowOf('ready', 'twin', 'host/external');
  expect(twin.differenceLowSeconds).toBeLessThan(0);
  expect(twin.differenceHighSeconds).toBeGreaterThan(0);
});

test('in a long run only the rounds in which servers started one by one are shown, and it is said how many', () => {
  const run = syntheticRun({ ...small, rounds: 20, timed });
  const plan = { ...run.run.plan, probes: true };
  const probed = (round: number) => isProbed(plan, round);
  // Side by side, a start takes longer.
  const evidence = run.evidence.map((it) =>
    it.start === undefined || probed(it.round)
      ? it
      : { ...it, start: { ...it.start, startSeconds: 9, atOnce: 3 } },
  );
  const model = buildReportModel({ ...run, run: { ...run.run, plan }, evidence });
  const rows = model.summary.besideRequests ?? [];
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.map(({ rounds }) => rounds)).toEqual(rows.map(() => 10));
  expect(Math.max(...rows.map(({ highestSeconds }) => highestSeconds))).toBeLessThan(9);
  for (const { note } of besideTables(model).slice(0, 2))
    expect(note).toContain('Medians over 10 of the rounds');
  expect(besideTables(model)[0]?.note).toContain('The servers of a round started one after the other.');
});

test('a connection that takes 30 µs longer is found, and a request that takes as long is not slower', () => {
  const connect = rowOf('connect', 'contender', 'bridge/external/published');
  expect(connect.differenceSeconds).toBeCloseTo(30e-6, 5);
  expect(connect.differenceLowSeconds).toBeGreaterThan(0);
  const request = rowOf('request', 'contender', 'bridge/external/published');
  expect(request.differenceLowSeconds).toBeLessThan(0);
  expect(request.differenceHighSeconds).toBeGreaterThan(0);
});

test('the steps of a start add up in every round, and a step without all of them has no sum', () => {
  const run = syntheticRun({ ...small, rounds: 1, timed });
  const evidence = run.evidence.map((it) => ({
    ...it,
    start:
      it.role === 'contender'
        ? { startSeconds: 0.3, atOnce: 1 }
        : { createSeconds: 0.1, startSeconds: 0.3, answerSeconds: 0.25, atOnce: 1 },
  }));
  const rows = buildReportModel({ ...run, evidence }).summary.besideRequests ?? [];
  const ready = rows.filter(({ what }) => what === 'ready');
  expect(ready.map(({ role, medianSeconds }) => [role, medianSeconds])).toEqual([
    ['baseline', 0.65],
    ['twin', 0.65],
  ]);
});

test('too few rounds for an interval give none', () => {
  const [starts] = besideTables(modelOf({ rounds: 3 }));
  expect(starts?.groups[0]?.rows.map(({ cells }) => cells.at(-1))).toEqual([
    '',
    expect.stringMatching(/s, no 95 % interval$/),
    expect.stringMatching(/^\+.* ms, no 95 % interval$/),
    expect.stringMatching(/^\+.* ms, no 95 % interval$/),
  ]);
});

test('the note says whether the servers started side by side', () => {
  const [alone] = besideTables(modelOf());
  expect(alone?.note).toContain('The servers of a round started one after the other.');
  const [beside] = besideTables(modelOf({ timed: { ...timed, atOnce: 8 } }));
  expect(beside?.note).toContain('Up to 8 servers started at once');
});

test("a service of the user's own is not held at a gate, and the note says what that does to its first answer", () => {
  const run = syntheticRun({ ...small, rounds: 6, timed });
  const { service } = servicePlan;
  const [own] = besideTables(buildReportModel(run));
  expect(own?.note).not.toContain('firewall');
  const plan = { ...run.run.plan, service };
  const [users] = besideTables(buildReportModel({ ...run, run: { ...run.run, plan } }));
  expect(users?.note).toContain('only when the firewall keeps others from the container');
});

test('a task without a figure is named with its reason', () => {
  const run = syntheticRun({ ...small, rounds: 6, timed });
  const evidence = run.evidence.map((it) =>
    it.role !== 'contender' || it.probes === undefined
      ? it
      : { ...it, probes: { ...it.probes, connect: { problem: 'connection refused' } } },
  );
  const [, tasks] = besideTables(buildReportModel({ ...run, evidence }));
  expect(tasks?.note).toContain(
    'Without a figure: 12, the first connect on bridge/external/published in round 1: connection refused.',
  );
  expect(tasks?.groups[0]?.rows.at(-1)?.cells.slice(0, 2)).toEqual(['–', '–']);
});

test('a lookup says who was asked, and why there is no figure', () => {
  const lookups = besideTables(modelOf()).at(-1);
  expect(lookups?.groups).toEqual([
    {
      title: 'host',
      rows: [
        { name: 'localhost, asked of 192.0.2.53', cells: ['no answer: 192.0.2.53: ETIMEOUT', '–', '–'] },
      ],
    },
    {
      title: 'user-bridge',
      rows: [{ name: "a container's name, asked of 127.0.0.11", cells: ['answered', '240 µs', '300 µs'] }],
    },
  ]);
});

test('every report shows what was timed, and none has the section where nothing was', async () => {
  const title = 'What a mode costs besides requests';
  const plain = { ...small, rounds: 6 };
  const reports = async (model: ReturnType<typeof modelOf>) => {
    const terminal = renderTerminal(model, { width: 100, all: true });
    return [
      terminal.map(({ text }) => text).join(''),
      renderMarkdown(model),
      await renderHtml(model, { fontsDirectory }),
    ];
  };
  for (const report of await reports(modelOf())) {
    expect(report).toContain(title);
    expect(report).toContain('TCP connect');
  }
  for (const report of await reports(buildReportModel(syntheticRun(plain)))) {
    expect(report).not.toContain(title);
  }
});
