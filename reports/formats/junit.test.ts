import { parse, type TestCase, type TestSuites } from 'junit2json';
import { expect, test } from 'vitest';
import type { GateCheck, GateResult } from '../../bench/model/gate.ts';
import { renderJunit } from './junit.ts';

const head = {
  place: 'bench.config.yaml:12:5',
  server: 'nginx',
  profile: 'latency',
  metric: 'latency_p50_us',
  path: 'bridge/external/published',
  baseline: 'host/external',
} as const;

const checks: readonly GateCheck[] = [
  {
    ...{ ...head, outcome: 'failed', level: 'error', kind: 'maxOverhead', limit: 0.1 },
    ...{ figure: { value: 0.19, low: 0.12, high: 0.23 } },
    sentence: '+19 % [+12, +23] is above 10 % & <more>',
  },
  {
    ...head,
    outcome: 'failed',
    level: 'warn',
    kind: 'maxOverheadUs',
    limit: 10,
    sentence: '22 µs is above 10 µs',
  },
  {
    ...head,
    outcome: 'open',
    level: 'error',
    kind: 'maxRegression',
    limit: 0.05,
    sentence: 'nothing to compare with',
  },
  {
    ...head,
    outcome: 'passed',
    level: 'error',
    kind: 'minRounds',
    limit: 6,
    sentence: '10 rounds of at least 6',
  },
  { ...head, outcome: 'untrusted', level: 'error', kind: 'noUntrusted', sentence: 'the machine was "busy"' },
];

function resultOf(exitCode: 0 | 10 | 11, ofRun = checks): GateResult {
  return {
    ...{ runId: '20261128T211638Z-5bb2', outcome: 'failed', exitCode, verdict: 'gate: failed', against: [] },
    ...{ checks: [...ofRun], warnings: [] },
  };
}

/** The reader of the package junit2json, which throws where the text is no XML. */
async function read(result: GateResult): Promise<readonly TestCase[]> {
  const suites = (await parse(renderJunit(result))) as TestSuites;
  const [suite] = suites.testsuite ?? [];
  expect(suites).toMatchObject({ tests: suite?.tests, failures: suite?.failures, errors: 0 });
  expect(suite).toMatchObject({ name: 'bench gate', tests: suite?.testcase?.length });
  expect(suite?.failures).toBe(suite?.testcase?.filter((it) => it.failure !== undefined).length);
  expect(suite?.skipped).toBe(suite?.testcase?.filter((it) => it.skipped !== undefined).length);
  return suite?.testcase ?? [];
}

test('a gate as JUnit XML is the golden one', async () => {
  await expect(renderJunit(resultOf(10))).toMatchFileSnapshot('junit.golden.xml');
});

test('what fails the gate is a failure, what does not is skipped, and what holds is passed', async () => {
  const cases = await read(resultOf(10));
  expect(cases.map(({ name }) => name)).toEqual([
    'bridge/external/published latency_p50_us maxOverhead 0.1',
    'bridge/external/published latency_p50_us maxOverheadUs 10',
    'bridge/external/published latency_p50_us maxRegression 0.05',
    'bridge/external/published latency_p50_us minRounds 6',
    'bridge/external/published latency_p50_us noUntrusted',
  ]);
  expect(cases.map(stateOf)).toEqual(['failure', 'skipped', 'skipped', 'passed', 'skipped']);
  expect(cases[0]?.failure).toEqual([
    { type: 'failed', message: '+19 % [+12, +23] is above 10 % & <more>', inner: 'bench.config.yaml:12:5' },
  ]);
});

test('with --strict, open and untrusted checks fail the gate and are failures', async () => {
  const rest = checks.filter(({ outcome }) => outcome !== 'failed');
  expect((await read(resultOf(11, rest))).map(stateOf)).toEqual(['failure', 'passed', 'failure']);
  expect((await read(resultOf(0, rest))).map(stateOf)).toEqual(['skipped', 'passed', 'skipped']);
});

function stateOf({ failure, skipped }: TestCase): string {
  if (failure !== undefined) return 'failure';
  return skipped === undefined ? 'passed' : 'skipped';
}

test('text of any origin stays text', async () => {
  const sentence = ']]> <![CDATA[ & \u0000\u001b[2J \ud800 \ufffe \u202e "\'\nnext';
  const [only] = await read(
    resultOf(10, [{ ...head, outcome: 'failed', level: 'error', kind: 'minRounds', sentence }]),
  );
  expect(only?.failure?.[0]?.message).toBe(
    ']]> <![CDATA[ & \\u0000\\u001b[2J \ufffd \ufffd \\u202e "\'\nnext',
  );
});

/**
 * Attributes by element, the required ones first: as recorded from junit-10.xsd of jenkinsci/xunit-plugin, the schema by
 * which Jenkins refuses a file.
 */
const attributes: Readonly<
  Record<string, { readonly needs: readonly string[]; readonly may: readonly string[] }>
> = {
  testsuites: { needs: [], may: ['name', 'time', 'tests', 'failures', 'errors'] },
  testsuite: {
    needs: ['name', 'tests', 'failures', 'errors'],
    may: ['skipped', 'timestamp', 'hostname', 'id'],
  },
  properties: { needs: [], may: [] },
  property: { needs: ['name', 'value'], may: [] },
  testcase: { needs: ['name'], may: ['time', 'classname', 'group'] },
  failure: { needs: [], may: ['type', 'message'] },
  skipped: { needs: [], may: ['type', 'message'] },
  'system-out': { needs: [], may: [] },
};

test("elements and attributes are those of Jenkins' schema", () => {
  const tags = [...renderJunit(resultOf(10)).matchAll(/<([a-z-]+)((?: [a-z]+="[^"]*")*)\/?>/g)];
  expect(new Set(tags.map(([, name]) => name))).toEqual(new Set(Object.keys(attributes)));
  for (const [tag, name = '', written = ''] of tags) {
    const { needs = [], may = [] } = attributes[name] ?? {};
    const names = [...written.matchAll(/ ([a-z]+)=/g)].map(([, attribute = '']) => attribute);
    expect(names, tag).toEqual(expect.arrayContaining([...needs]));
    expect([...needs, ...may], tag).toEqual(expect.arrayContaining(names));
  }
});
