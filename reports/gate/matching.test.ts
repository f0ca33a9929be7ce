import { expect, test } from 'vitest';
import { loadProfiles } from '../../bench/model/profile.ts';
import { exampleRun } from '../../bench/run-folder/recorded.fixture.ts';
import { isSelected, selectedBy } from './matching.ts';
import { subjectsOf, subjectWords } from './subject.ts';

const { plan, ...others } = exampleRun('20261121T020000Z-bbbb');
/** nginx and Apache on three paths from two vantages, under two loads. */
const run = {
  ...others,
  plan: {
    ...plan,
    servers: ['nginx', 'apache'],
    comparisons: [
      { baseline: 'host/external', contenders: ['bridge/external/published', 'mapped/external/published'] },
      { baseline: 'host/host', contenders: ['bridge/host/loopback'] },
    ],
    profiles: [loadProfiles.latency, loadProfiles.throughput],
  },
};

const place = 'bench.config.yaml:2:5';
const path = 'bridge/external/published';

test.each([
  [{ metric: 'latency_p50_us', path }, ['nginx latency', 'apache latency']],
  [{ metric: 'latency_p50_us', path, server: 'apache' }, ['apache latency']],
  [{ metric: 'cpu_server_us', path, server: 'nginx' }, ['nginx latency', 'nginx throughput']],
  [{ metric: 'cpu_server_us', path, server: 'nginx', profile: 'throughput' }, ['nginx throughput']],
] as const)('%j selects %j', (selection, selected) => {
  const found = selectedBy({ ...selection, place }, run);
  expect(found.map((it) => `${it.server} ${it.profile}`)).toEqual(selected);
  expect(found.every((it) => it.path === path && it.baseline === 'host/external')).toBe(true);
});

test.each([
  ['bridge/*', ['bridge/external/published', 'bridge/host/loopback']],
  ['*/external/*', ['bridge/external/published', 'mapped/external/published']],
  ['*', ['bridge/external/published', 'mapped/external/published', 'bridge/host/loopback']],
  ['*loop*', ['bridge/host/loopback']],
])('in a pattern, * is any text: %s', (pattern, paths) => {
  const found = selectedBy({ metric: 'throughput_rps', path: pattern, server: 'nginx', place }, run);
  expect(found.map((it) => it.path)).toEqual(paths);
});

test.each([
  [
    { metric: 'latency_p50_us', path: 'bridge/external/container' },
    'run 20261121T020000Z-bbbb compares no path "bridge/external/container"',
    /^did you mean "bridge\/external\/published"\? Its paths: bridge\/external\/published, mapped/,
  ],
  [
    { metric: 'latency_p50_us', path: 'host/external' },
    'host/external is a baseline: it has absolute figures alone, and a gate asserts overheads',
    /^Name a path that is compared with it: bridge/,
  ],
  [
    { metric: 'latency_p50_us', path, server: 'ngnix' },
    'run 20261121T020000Z-bbbb has no server "ngnix" on the path "bridge/external/published"',
    'did you mean "nginx"? Its servers: nginx, apache',
  ],
  [
    { metric: 'latency_p50_us', path, profile: 'paced' },
    'run 20261121T020000Z-bbbb has no profile "paced" on the path "bridge/external/published"',
    'Its profiles: latency, throughput',
  ],
  [
    { metric: 'latency_p99_us', path },
    'run 20261121T020000Z-bbbb has no metric "latency_p99_us" on the path "bridge/external/published"',
    /^did you mean "latency_p[59]0_us"\? Its metrics: latency_p50_us, /,
  ],
] as const)('%j matches nothing: %s', (selection, message, hint) => {
  const refused = expect.objectContaining({
    kind: 'usage',
    message: `${place}: ${message}`,
    hint: typeof hint === 'string' ? hint : expect.stringMatching(hint),
  });
  expect(() => selectedBy({ ...selection, place }, run)).toThrow(refused);
});

test('an entry selects what it would find, and no more', () => {
  const selection = { metric: 'latency_p50_us', path: 'mapped/*', place } as const;
  const all = subjectsOf(run);
  expect(all.filter((it) => isSelected(selection, it)).map(subjectWords)).toEqual([
    'latency_p50_us mapped/external/published (nginx, latency)',
    'latency_p50_us mapped/external/published (apache, latency)',
  ]);
});
