import { expect, test } from 'vitest';
import * as z from 'zod';
import { parseConfig } from './config-file.ts';
import { configSchema } from './options.ts';

const issued = `gate:
  - metric: latency_p50_us
    path: bridge/external/published
    server: nginx
    maxOverhead: 20%
    maxOverheadUs: 12
    level: error
  - metric: throughput_rps
    path: '*/external/*'
    profile: throughput
    maxRegression: 0.05
    minRounds: 10
    noUntrusted: true
    level: warn
accepted:
  - metric: latency_p50_us
    path: bridge/external/published
    from: 20261120T093220Z-k3f9
    reason: the new engine routes by nft
    by: Anna
`;

test('assertions and accepted steps are read, each with its place', () => {
  expect(parseConfig('bench.config.yaml', issued)).toEqual({
    gate: {
      assertions: [
        {
          metric: 'latency_p50_us',
          path: 'bridge/external/published',
          server: 'nginx',
          limits: [
            { kind: 'maxOverhead', value: 0.2 },
            { kind: 'maxOverheadUs', value: 12 },
          ],
          level: 'error',
          place: 'bench.config.yaml:2:5',
        },
        {
          metric: 'throughput_rps',
          path: '*/external/*',
          profile: 'throughput',
          limits: [
            { kind: 'maxRegression', value: 0.05 },
            { kind: 'minRounds', value: 10 },
            { kind: 'noUntrusted' },
          ],
          level: 'warn',
          place: 'bench.config.yaml:8:5',
        },
      ],
      accepted: [
        {
          metric: 'latency_p50_us',
          path: 'bridge/external/published',
          from: '20261120T093220Z-k3f9',
          reason: 'the new engine routes by nft',
          by: 'Anna',
          place: 'bench.config.yaml:16:5',
        },
      ],
    },
  });
});

test('the published schema of a config takes what bench takes', () => {
  const gate = [{ metric: 'latency_p50_us', path: 'bridge/*', maxOverhead: '20%', noUntrusted: true }];
  expect(configSchema.safeParse({ gate }).success).toBe(true);
  expect(configSchema.safeParse({ gate: [{ ...gate[0], maxOverhead: 20 }] }).success).toBe(false);
  expect(Object.keys(z.toJSONSchema(configSchema).properties ?? {})).toEqual(
    expect.arrayContaining(['gate', 'accepted']),
  );
});

/** An entry with a metric and a path, and these lines. */
const entry = (...lines: readonly string[]) =>
  [
    'gate:',
    '  - metric: latency_p50_us',
    '    path: bridge/external/published',
    ...lines.map((line) => `    ${line}`),
  ].join('\n');

test.each([
  ['gate: 5', 'bench.config.yaml:1:7: gate: 5 is not a list', /^Begin each entry with a dash/],
  ['gate: [5]', 'bench.config.yaml:1:8: gate.0: 5 is not a set of keys and values', /^Keys: metric, path/],
  [
    'gate:\n  - path: bridge/*',
    'bench.config.yaml:2:5: gate.0: it has no metric',
    /^Metrics: latency_p50_us/,
  ],
  ['gate:\n  - metric: latency_p50_us', 'bench.config.yaml:2:5: gate.0: it has no path', /^A path, such as/],
  [
    'gate:\n  - metric: latency_p5_us',
    'bench.config.yaml:2:13: gate.0.metric: unknown metric "latency_p5_us"',
    /^did you mean "latency_p50_us"\?/,
  ],
  [
    'gate:\n  - metric: latency_p50_us\n    path: bridge/external/publishd',
    'bench.config.yaml:3:11: gate.0.path: unknown path "bridge/external/publishd"',
    'did you mean "bridge/external/published"?',
  ],
  [
    'gate:\n  - metric: latency_p50_us\n    path: brigde/*',
    'bench.config.yaml:3:11: gate.0.path: no path fits "brigde/*"',
    /./,
  ],
  [entry(), 'bench.config.yaml:2:5: gate.0: it has no limit', /^Add one, such as maxOverhead: 20%/],
  [entry('noUntrusted: false'), 'gate.0: it has no limit', /^Add one/],
  [
    entry('maxOverhed: 20%'),
    'bench.config.yaml:4:5: gate.0: unknown key "maxOverhed"',
    /^did you mean "maxOverhead"\?/,
  ],
  [
    entry('maxOverhead: 20'),
    'bench.config.yaml:4:18: gate.0.maxOverhead: 20 is not a share such as 20% or 0.2',
    /^did you mean 20%\?/,
  ],
  [
    entry('maxOverhead:', 'maxRegression: 5%'),
    'bench.config.yaml:4:17: gate.0.maxOverhead: it has no value',
    'The largest overhead against the baseline.',
  ],
  [entry('noUntrusted:'), 'gate.0.noUntrusted: it has no value', 'Write true or false.'],
  [entry('maxOverhead: .nan'), 'gate.0.maxOverhead: NaN is not a share', /./],
  [
    entry('maxRegression: 1001%'),
    '"1001%" is not a share such as 5% or 0.05, above 0% and up to 1000%',
    /worse than in the reference/,
  ],
  [entry('minRounds: .inf'), 'gate.0.minRounds: Infinity is not a whole number', /./],
  [entry('noUntrusted: true', 'server:'), 'gate.0: it has no server', /all servers/],
  [entry('maxOverhead: -5%'), 'gate.0.maxOverhead: "-5%" is not a share', /largest overhead/],
  [entry('maxRegression: 5us'), 'gate.0.maxRegression: "5us" is not a share', /worse than in the reference/],
  [
    entry('maxOverheadUs: 0'),
    'gate.0.maxOverheadUs: 0 is not a number of microseconds such as 12, above 0 and up to 1e9',
    /./,
  ],
  [entry('minRounds: 2.5'), 'gate.0.minRounds: 2.5 is not a whole number from 1 to 400', /./],
  [entry('noUntrusted: perhaps'), 'gate.0.noUntrusted: "perhaps" is not on or off', /./],
  [
    entry('maxOverhead: 5%', 'level: eror'),
    'bench.config.yaml:5:12: gate.0.level: unknown level "eror"',
    /"error"/,
  ],
  [entry('maxOverhead: 5%', 'profile: latancy'), 'gate.0.profile: unknown profile "latancy"', /"latency"/],
  [
    'gate:\n  - metric: throughput_rps\n    path: bridge/*\n    maxOverheadUs: 5',
    'bench.config.yaml:4:20: gate.0.maxOverheadUs: throughput_rps is not measured in microseconds',
    /^Use maxOverhead/,
  ],
  [
    'gate:\n  - metric: throughput_rps\n    path: bridge/*\n    maxOverhead: 120%',
    'gate.0.maxOverhead: throughput_rps cannot lose "120%"',
    'Give a share below 100%.',
  ],
  [
    'accepted:\n  - metric: latency_p50_us\n    path: bridge/*\n    from: last week\n    reason: x\n    by: y',
    'bench.config.yaml:4:11: accepted.0.from: "last week" is not the id of a run',
    /^An id is the name of a run folder/,
  ],
  [
    'accepted:\n  - metric: latency_p50_us\n    path: bridge/*\n    from: 20261120T093220Z-k3f9\n    by: y',
    'bench.config.yaml:2:5: accepted.0: it has no reason',
    /./,
  ],
])('%j is refused: %s', (text, message, hint) => {
  const refused = expect.objectContaining({
    kind: 'usage',
    message: expect.stringContaining(message),
    hint: typeof hint === 'string' ? hint : expect.stringMatching(hint),
  });
  expect(() => parseConfig('bench.config.yaml', text)).toThrow(refused);
});
