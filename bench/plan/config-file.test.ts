import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import * as z from 'zod';
import { parseConfig, readConfig } from './config-file.ts';
import { configSchema } from './options.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bench-config-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

test.each([
  ['bench.config.json', '{ "$schema": "./config.schema.json", "servers": ["nginx"], "sliceSeconds": 0.5 }'],
  ['bench.config.yaml', 'servers: [nginx]\nsliceSeconds: 0.5 # longer\n'],
  ['bench.config.yml', 'servers:\n  - nginx\nsliceSeconds: 0.5\n'],
])('%s is read', async (name, text) => {
  await writeFile(join(directory, name), text);
  expect(await readConfig(directory)).toEqual({
    file: join(directory, name),
    config: { servers: ['nginx'], sliceSeconds: 0.5 },
  });
});

test('a directory without a config says nothing', async () => {
  expect(await readConfig(directory)).toBeUndefined();
  expect(parseConfig('bench.config.yaml', '# nothing yet\n')).toEqual({});
});

test('two configs are one too many', async () => {
  await writeFile(join(directory, 'bench.config.json'), '{}');
  await writeFile(join(directory, 'bench.config.yml'), '');
  await expect(readConfig(directory)).rejects.toMatchObject({
    kind: 'usage',
    message: `${directory} has more than one config: bench.config.json and bench.config.yml`,
  });
});

test.each([
  ['a pipe', (path: string) => void execFileSync('mkfifo', [path]), 'it is not a regular file'],
  ['a link to a device', (path: string) => symlink('/dev/zero', path), 'it is not a regular file'],
  ['a link to nothing', (path: string) => symlink('nowhere', path), 'it is a link that leads nowhere'],
  ['a link to itself', (path: string) => symlink(path, path), 'its symbolic links lead in a circle'],
])('a config that is %s is refused, and not waited for', async (_, make, why) => {
  const path = join(directory, 'bench.config.yaml');
  await make(path);
  await expect(readConfig(directory)).rejects.toMatchObject({
    kind: 'usage',
    message: `cannot read the config ${path}: ${why}`,
    hint: expect.stringContaining('move it away'),
  });
});

test('a config that cannot be read is named', async () => {
  await mkdir(join(directory, 'bench.config.json'));
  await expect(readConfig(directory)).rejects.toMatchObject({
    kind: 'usage',
    message: `cannot read the config ${join(directory, 'bench.config.json')}: it is a directory`,
  });
});

test.each([
  [
    'modes: [bridge, mapd]',
    'bench.config.yaml:1:17: modes: unknown mode "mapd"',
    'did you mean "mapped"? Modes: native, host, bridge, user-bridge, mapped, macvlan',
  ],
  [
    'mods: [bridge]',
    'bench.config.yaml:1:1: unknown key "mods"',
    /^did you mean "modes"\? Keys: plan, servers, modes,/,
  ],
  ['tiem: 5m', 'bench.config.yaml:1:1: unknown key "tiem"', /^did you mean "time"\? Keys: plan, servers,/],
  [
    'time: 5m\ntimeSeconds: 300',
    'bench.config.yaml:2:1: time and timeSeconds are the same option',
    'Keep one of them.',
  ],
  ['servers: {}', 'bench.config.yaml:1:10: servers: {} is not a list', 'Servers: nginx, apache'],
  ['servers: [1]', 'bench.config.yaml:1:11: servers: 1 is not a server', 'Servers: nginx, apache'],
  ['servers: []', 'bench.config.yaml:1:10: servers: no server given', 'Servers: nginx, apache'],
  [
    'rounds: eight',
    'bench.config.yaml:1:9: rounds: "eight" is not a whole number from 1 to 400',
    'Fresh starts of everything.',
  ],
  [
    'rounds:',
    'bench.config.yaml:1:8: rounds: null is not a whole number from 1 to 400',
    'Fresh starts of everything.',
  ],
  ['- 1', 'bench.config.yaml:1:1: [1] is not a set of keys and values', /^Keys: plan, servers,/],
])('%s answers: %s', (text, message, hint) => {
  expect(() => parseConfig('bench.config.yaml', text)).toThrow(
    expect.objectContaining({
      kind: 'usage',
      message,
      hint: typeof hint === 'string' ? hint : expect.stringMatching(hint),
    }),
  );
});

test.each([
  ['bench.config.json', '{ "rounds": 8, }', /^bench\.config\.json:1:16: not JSON: /],
  ['bench.config.yaml', 'rounds: [8', /^bench\.config\.yaml:1:\d+: not YAML: /],
])('%s that does not parse says where', (name, text, message) => {
  expect(() => parseConfig(name, text)).toThrow(
    expect.objectContaining({ kind: 'usage', message: expect.stringMatching(message) }),
  );
});

test.each([
  ['*', /^bench\.config\.yaml:1:7: not YAML: Alias/],
  ['*/external/*', /^bench\.config\.yaml:1:7: not YAML: nothing has the name "\/external\/\*"$/],
])(
  'a pattern of the gate that begins with a star needs quotes, and %s without them says so',
  (pattern, message) => {
    expect(() => parseConfig('bench.config.yaml', `path: ${pattern}\n`)).toThrow(
      expect.objectContaining({
        kind: 'usage',
        message: expect.stringMatching(message),
        hint: 'Put a text that begins with * in quotes, such as path: "*/external/*"',
      }),
    );
  },
);

test.each(['bench.config.json', 'bench.config.yaml'])('%s may begin with a byte order mark', (name) => {
  expect(parseConfig(name, '\uFEFF{"rounds": 9}')).toEqual({ rounds: 9 });
});

test.each([
  ['bench.config.json', '{"rounds": 9, "rounds": 12}', /json:1:15: not JSON: Map keys must be unique$/],
  ['bench.config.yaml', 'rounds: 9\nrounds: 12\n', /yaml:2:1: not YAML: Map keys must be unique$/],
  ['bench.config.yaml', 'rounds: !dozen 1\n', /yaml:1:9: not YAML: Unresolved tag: !dozen$/],
  ['bench.config.yaml', 'servers: &all [*all]\n', /: not YAML: .*circular/],
  ['bench.config.yaml', 'rounds: *missing\n', /: not YAML: .*missing/],
  ['bench.config.yaml', 'rounds: 9\n---\nrounds: 12\n', /: not YAML: .*multiple documents/],
  ['bench.config.json', '', /: not JSON: it is empty$/],
  ['bench.config.json', ' \n', /: not JSON: it is empty$/],
])('%s with %j is refused, and nothing is written past bench', (name, text, message) => {
  const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const logged = vi.spyOn(console, 'warn').mockImplementation(() => {});
  onTestFinished(() => void vi.restoreAllMocks());
  expect(() => parseConfig(name, text)).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: expect.stringMatching(message),
      hint: expect.any(String),
    }),
  );
  expect(warned).not.toHaveBeenCalled();
  expect(logged).not.toHaveBeenCalled();
});

test.each([
  [
    'bench.config.json',
    '{"rounds": 1e400}',
    'rounds: a number too large to count with is not a whole number from 1 to 400',
  ],
  [
    'bench.config.yaml',
    'sliceSeconds: .inf',
    'sliceSeconds: a number too large to count with is not above 0',
  ],
  ['bench.config.yaml', 'sliceSeconds: .nan', 'sliceSeconds: not a number is not above 0'],
  ['bench.config.json', '{"seed": 12345678901234567890}', 'seed: 12345678901234567000 is not a whole number'],
])('%s: %s is told as what it is', (name, text, message) => {
  expect(() => parseConfig(name, text)).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining(message) }),
  );
});

test.each([
  ['bench.config.yaml', 'timeSeconds: 5m\nprecision: 1%'],
  ['bench.config.yaml', 'timeSeconds: 300s\nprecision: "1%"'],
  ['bench.config.yaml', 'timeSeconds: 300\nprecision: 0.01'],
  ['bench.config.json', '{"timeSeconds": "5m", "precision": "1%"}'],
  ['bench.config.json', '{"timeSeconds": "5 min", "precision": "1 %"}'],
  ['bench.config.yaml', 'time: 5m\nprecision: 1%'],
])('%s: a time and a precision may have the units that their flags take: %s', (name, text) => {
  expect(parseConfig(name, text)).toEqual({ timeSeconds: 300, precision: 0.01 });
  const checked = z.toJSONSchema(configSchema).properties;
  expect([checked?.['timeSeconds'], checked?.['precision']]).toEqual([
    expect.objectContaining({ anyOf: expect.anything() }),
    expect.objectContaining({ anyOf: expect.anything() }),
  ]);
});

test.each([
  ['time: 5x', 'bench.config.yaml:1:7: time: "5x" is not a time up to a week, such as 90s, 5m, 1h or 2d'],
  ['timeSeconds: [5m]', '["5m"] is not a time'],
  ['precision: 1m', '"1m" is not from 0.05% to 50%'],
  ['rounds: 401', 'rounds: 401 is not a whole number from 1 to 400'],
  ['rates: 0', 'rates: 0 is not auto, or a rate above 0'],
  ['rates: "nginx=x"', 'rates: "nginx=x" is not auto, or a rate above 0'],
])('%s is refused, and what is asked for is accepted', (text, message) => {
  expect(() => parseConfig('bench.config.yaml', text)).toThrow(message);
});

test.each([
  ['bench.config.yaml', 'rates: 12000', 12_000],
  ['bench.config.yaml', 'rates:\n  nginx: 12000\n  apache: 8000.5', { nginx: 12_000, apache: 8_000.5 }],
  ['bench.config.json', '{"rates": {"nginx": 12000}}', { nginx: 12_000 }],
  ['bench.config.yaml', 'rates: auto', 'auto'],
])(
  '%s: the rate of the steady profile is one number, one for each server, or auto: %s',
  (name, text, rates) => {
    expect(parseConfig(name, text)).toEqual({ rates });
  },
);

test('the published schema of the config lists what is allowed, with a sentence for each key', () => {
  const { properties, additionalProperties } = z.toJSONSchema(configSchema);
  expect(additionalProperties).toBe(false);
  const items = { enum: ['native', 'host', 'bridge', 'user-bridge', 'mapped', 'macvlan'] };
  expect(properties?.['modes']).toMatchObject({ anyOf: [{ items }, { type: 'string' }] });
  for (const [key, property] of Object.entries(properties ?? {})) {
    expect(property, key).toMatchObject({ description: expect.stringMatching(/\.$|bench ignores it\.$/) });
  }
  expect(Object.keys(properties ?? {})).toEqual(expect.arrayContaining(['time', 'slice-seconds', 'server']));
});

const nested = `rounds: 20
plans:
  checkout:
    server: [nginx]
    rounds: 500
`;

test.each([
  [
    nested,
    'bench.config.yaml:5:13: plans.checkout.rounds: 500 is not a whole number from 1 to 400',
    'The nearest is 400. Fresh starts of everything.',
  ],
  [
    'plans:\n  checkout:\n    roundz: 5',
    'bench.config.yaml:3:5: plans.checkout: unknown key "roundz"',
    /^did you mean "rounds"\? Keys: servers, /,
  ],
  [
    'plans:\n  checkout:\n    mode: [bridge,\n      mapd]',
    'bench.config.yaml:4:7: plans.checkout.mode: unknown mode "mapd"',
    /^did you mean "mapped"/,
  ],
  [
    'plans:\n  checkout:\n    plan: quick',
    'bench.config.yaml:3:5: plans.checkout.plan: a plan does not choose another plan',
    'Write its options out.',
  ],
  [
    'plans:\n  checkout: 5',
    'bench.config.yaml:2:13: plans.checkout: 5 is not a set of keys and values',
    /^Keys: servers, /,
  ],
  [
    'plans: [checkout]',
    'bench.config.yaml:1:8: plans: ["checkout"] is not a set of keys and values',
    'Keys: a name for each plan',
  ],
  [
    'plans:\n  nightly: {}',
    "bench.config.yaml:2:3: plans: nightly is a plan of bench's own",
    'Choose another name, such as my-nightly.',
  ],
  ['plans:\n  "a b": {}', 'bench.config.yaml:2:3: plans: "a b" is not a name for a plan', /letters, digits/],
  [
    'plan: chekout\nplans:\n  checkout: {}',
    'bench.config.yaml:1:7: plan: unknown plan "chekout"',
    /^did you mean "checkout"\? Plans: quick, /,
  ],
  [
    'plan: waterfall\nmodes: [bridge]',
    'bench.config.yaml:1:7: plan: the plan waterfall says itself which modes are measured',
    'Leave out either the plan or the modes.',
  ],
  [
    'margins: { latency_p5_us: 5% }',
    'bench.config.yaml:1:12: margins: unknown metric "latency_p5_us"',
    /^did you mean "latency_p50_us"\? Metrics: /,
  ],
  [
    'margins:\n  latency_p50_us: 5%\n  cpu_server_us: 90%',
    'bench.config.yaml:3:3: margins: "90%" of cpu_server_us is not from 0.05% to 50%, such as 2%, or latency_p50_us=5%,cpu_server_us=3%',
    'The nearest is 50%. Relevance margin: a smaller change does not matter.',
  ],
  [
    'header:\n  - "Accept: a/b"\n  - Accept a/b',
    'bench.config.yaml:3:5: header: a value is not a header, such as "Accept: application/json", or its name alone',
    'A header of the requests. May be repeated.',
  ],
  ['plansss: {}', 'bench.config.yaml:1:1: unknown key "plansss"', /^did you mean "plans"\?/],
])('%j is refused at its line and column: %s', (text, message, hint) => {
  const refused = expect.objectContaining({
    kind: 'usage',
    message,
    hint: typeof hint === 'string' ? hint : expect.stringMatching(hint),
  });
  expect(() => parseConfig('bench.config.yaml', text)).toThrow(refused);
});

test.each([
  [
    '{\n  "plans": {\n    "checkout": { "rounds": 0 }\n  }\n}',
    'bench.config.json:3:29: plans.checkout.rounds: 0 is not',
  ],
  ['{\n  "modes": ["bridge",\n    "mapd"]\n}', 'bench.config.json:3:5: modes: unknown mode "mapd"'],
  ['{\n  "rounds": 5,\n}', 'bench.config.json:3:1: not JSON: '],
  ['{\n  "rounds": 5\n', 'bench.config.json:3:1: not JSON: '],
])('JSON has lines and columns too: %j', (text, message) => {
  expect(() => parseConfig('bench.config.json', text)).toThrow(message);
});

test('plans are read like the rest of the config, and one without content is a plan', () => {
  const text = 'plans:\n  # later\n  mine:\n  checkout:\n    time: 5m\n    margin: 5%\n    server: nginx\n';
  const checkout = { timeSeconds: 300, margins: 0.05, servers: ['nginx'] };
  expect(parseConfig('bench.config.yaml', text)).toEqual({ plans: { mine: {}, checkout } });
  expect(parseConfig('bench.config.yaml', 'rounds: 5\nplans:\n')).toEqual({ rounds: 5 });
  const plans = { checkout: { time: '5m', margin: '5%' } };
  expect(configSchema.safeParse({ plans }).success).toBe(true);
  expect(configSchema.safeParse({ plans: { checkout: { plan: 'quick' } } }).success).toBe(false);
});

test('a value that stands elsewhere, by an alias, is refused at the place that uses it', () => {
  const text = 'rounds: &many 500\nplans:\n  checkout:\n    rounds: *many\n';
  expect(() => parseConfig('bench.config.yaml', text)).toThrow(
    'bench.config.yaml:4:13: plans.checkout.rounds: 500',
  );
});
