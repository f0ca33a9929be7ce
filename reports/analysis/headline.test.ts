import { expect, test } from 'vitest';
import { isMeasured } from '../../bench/model/summary.ts';
import { type SyntheticOptions, syntheticRun } from '../synthetic-run.fixture.ts';
import { buildReportModel } from './build-report-model.ts';

const headline = (options: Partial<SyntheticOptions>) =>
  buildReportModel(syntheticRun({ seed: 1, rounds: 10, blocks: 1, servers: ['nginx'], ...options })).summary
    .headline;
const interval = String.raw`\[[−+]?[\d.]+, [−+]?[\d.]+\]`;
const shown = (mode: string, server: string) =>
  new RegExp(
    `^${mode} adds [\\d.]+ µs ${interval} to ${server}'s median latency \\(\\+[\\d.]+ % ${interval}\\)\\. ` +
      `It costs ${server} [\\d.]+ µs ${interval} more CPU a request \\(\\+[\\d.]+ % ${interval}\\)\\. ` +
      `It costs ${server} [\\d.]+ % of its capacity ${interval}\\.$`,
  );

test('the default plan: a paragraph for each server and path, with the three answers in their order', () => {
  const paragraphs = headline({ servers: ['nginx', 'apache'] });
  expect(paragraphs).toEqual(
    ['nginx', 'Apache'].flatMap((server) =>
      ['Bridge mode', 'Mapped mode \\(the same path: bridge mode\\)'].map((mode) =>
        expect.stringMatching(shown(mode, server)),
      ),
    ),
  );
});

test('a mapped server takes its own path where the plan has no bridge, or the container is the user’s', () => {
  const effects = { 'mapped/external/published': {} };
  const alone = headline({
    seed: 2,
    profiles: ['latency'],
    effects,
    comparisons: [{ baseline: 'host/external', contenders: ['mapped/external/published'] }],
  });
  expect(alone).toEqual([
    expect.stringMatching(/^Mapped mode: nginx's median latency(?: differs|: between)/),
  ]);
  const { run, ...recorded } = syntheticRun({ seed: 1, rounds: 10, blocks: 1, servers: ['nginx'] });
  const mapped = buildReportModel({
    ...recorded,
    run: { ...run, plan: { ...run.plan, mapTo: 'my-sidecar' } },
  });
  expect(mapped.summary.headline[1]).toMatch(/^Mapped mode adds /);
});

test('several vantages are each said, truthfully', () => {
  const paragraphs = headline({
    profiles: ['latency'],
    comparisons: [
      { baseline: 'host/external', contenders: ['bridge/external/published'] },
      { baseline: 'host/host', contenders: ['bridge/host/container', 'bridge/host/published'] },
      { baseline: 'host/inside', contenders: ['none/inside'] },
    ],
  });
  expect(paragraphs.map((it) => it.replace(/ adds .*/, ' adds'))).toEqual([
    'From a client on this machine, over a virtual link (no network card), bridge mode adds',
    'From the host itself, bridge mode by container address adds',
    'From the host itself, bridge mode by published port adds',
    "From inside the server's own network stack, none mode adds",
  ]);
});

test('what is shown comes before what is equal', () => {
  const effects = { 'bridge/external/published': {} };
  const paragraphs = headline({ profiles: ['latency'], effects, deploymentNoise: 0.001, sliceNoise: 0.001 });
  expect(paragraphs).toEqual([
    expect.stringMatching(/^Mapped mode \(the same path: bridge mode\) adds /),
    expect.stringMatching(
      /^Bridge mode: nginx's median latency differs by less than 2 % \[[−+][\d.]+, [−+][\d.]+\]\.$/,
    ),
  ]);
});

test('a capacity that the client limited is said, and what the profile itself shows of CPU', () => {
  const [first] = headline({ agentIsLimit: true, profiles: ['latency', 'throughput'] });
  expect(first).toMatch(
    /nginx's capacity was not measured: the load generator was the limit \(99 % of its CPU, nginx's \d+ %\)\. nginx's CPU: \+[\d.]+ µs a request \[[\d.]+, [\d.]+\], \+\d+ %\.$/,
  );
  const [withSteady] = headline({ agentIsLimit: true });
  expect(withSteady).toMatch(
    /It costs nginx .* more CPU a request .*nginx's capacity was not measured: [^.]*\.$/,
  );
  expect(withSteady).not.toContain("nginx's CPU:");
});

test('with too few rounds the range is said, and how many rounds it takes', () => {
  expect(headline({ rounds: 3, profiles: ['latency'] })[0]).toMatch(
    /^Bridge mode: nginx's median latency: 3 rounds cannot tell; it takes at least \d+\.$/,
  );
  const [first] = headline({ rounds: 6, profiles: ['latency'] });
  expect(first).toMatch(
    /^Bridge mode: nginx's median latency: between [\d.]+ % and [\d.]+ % more, but 6 rounds cannot show it in this run; it takes at least \d+\.$/,
  );
});

test('what is not to be used for one reason is said once', () => {
  const foreign = { share: 0.31, processes: ['chrome'] };
  expect(headline({ servers: ['nginx', 'apache'], foreign })).toEqual([
    'bridge/external/published and mapped/external/published, for nginx and Apache: do not use: ' +
      'other processes took 31 % of this machine (chrome, 16 %) and 10 of 10 blocks do not count.',
  ]);
});

test('a twin that differs takes its group back, and no other', () => {
  const paragraphs = headline({ twinEffect: { latency: 1.06 } });
  for (const paragraph of paragraphs) {
    expect(paragraph).toMatch(
      /nginx's median latency: do not use: two identical servers differed by [\d.]+ % \[[\d.]+, [\d.]+\] in this run\.$/,
    );
    expect(paragraph).toMatch(/^\w+ mode.* costs nginx [\d.]+ µs/);
  }
  expect(paragraphs).toHaveLength(2);
});

test('of more than eight, those without an effect share a paragraph by vantage', () => {
  const same = ['bridge/host/container', 'bridge/host/published', 'user-bridge/host/container'];
  const near = ['mapped/inside', 'none/inside'];
  const slower = [
    ...['bridge/external/published', 'user-bridge/external/published', 'mapped/external/published'],
    'macvlan/external/container',
  ];
  const effects = Object.fromEntries([...same, ...near].map((path) => [path, {}]));
  const comparisons = [
    { baseline: 'host/external', contenders: slower },
    { baseline: 'host/host', contenders: same },
    { baseline: 'host/inside', contenders: near },
  ];
  const quiet = { deploymentNoise: 0.0005, sliceNoise: 0.0005 };
  const many = headline({ profiles: ['latency'], comparisons, effects, ...quiet });
  expect(many).toHaveLength(6);
  expect(many.slice(0, 4).every((it) => it.includes(' adds '))).toBe(true);
  expect(many.slice(4)).toEqual([
    'From the host itself, 3 paths to nginx (bridge/host/container, bridge/host/published, user-bridge/host/container) ' +
      'are shown equivalent to the baseline.',
    "From inside the server's own network stack, 2 paths to nginx (mapped/inside, none/inside) are shown equivalent to the baseline.",
  ]);
  const few = headline({ profiles: ['latency'], comparisons: comparisons.slice(0, 2), effects, ...quiet });
  expect(few).toHaveLength(7);
});

test('a path whose interval excludes "no difference" is never among those that show none', () => {
  const contenders = [
    'bridge/host/container',
    'bridge/host/published',
    'user-bridge/host/container',
    'user-bridge/host/published',
  ];
  const further = [
    'mapped/host/container',
    'mapped/host/published',
    'native/host',
    'bridge/host/loopback',
    'mapped/host/loopback',
  ];
  const all = [...contenders, ...further];
  const recorded = syntheticRun({
    ...{ seed: 2, rounds: 10, blocks: 1, servers: ['nginx'], profiles: ['latency'], deploymentNoise: 0.03 },
    comparisons: [{ baseline: 'host/host', contenders: all }],
    effects: Object.fromEntries(all.map((path, index) => [path, { latency: index < 4 ? 1.03 : 1 }])),
  });
  const { summary } = buildReportModel(recorded);
  const perhaps = summary.overheads.filter(
    (it) => it.declared && it.verdict === 'open' && isMeasured(it) && (it.ratioLow > 1 || it.ratioHigh < 1),
  );
  expect(perhaps.length).toBeGreaterThan(1);
  const silent = summary.headline.filter((it) => it.includes('not shown to differ'));
  expect(silent).toHaveLength(1);
  for (const { path } of perhaps) expect(silent[0]).not.toMatch(new RegExp(`[( ]${path}[,)]`));
  expect(summary.headline.filter((it) => it.includes('differ a little or perhaps'))).toHaveLength(1);
});

test('many capacities that were not measured are not said to be open', () => {
  const contenders = ['bridge', 'user-bridge', 'mapped'].flatMap((mode) => [
    `${mode}/external/published`,
    `${mode}/external/container`,
  ]);
  const comparisons = [{ baseline: 'host/external', contenders }];
  const servers = ['nginx', 'apache'] as const;
  expect(headline({ servers, profiles: ['throughput'], agentIsLimit: true, comparisons })).toEqual(
    ['nginx', 'Apache'].map(
      (server) =>
        `From a client on this machine, over a virtual link (no network card), 6 paths to ${server} (${contenders.join(', ')}) ` +
        'have a capacity that was not measured; the table says what was the limit.',
    ),
  );
});

test('a run of which nothing was recorded says so', () => {
  const recorded = syntheticRun({ seed: 1, rounds: 1, blocks: 1, servers: ['nginx'] });
  const { headline: paragraphs } = buildReportModel({ ...recorded, slices: [] }).summary;
  expect(paragraphs).toEqual([
    'bridge/external/published and mapped/external/published, for nginx: do not use: nothing of it counts.',
  ]);
});
