import { expect, test } from 'vitest';
import type { GateCheck, GateOutcome } from '../../bench/model/gate.ts';
import type { Run } from '../../bench/model/run.ts';
import type { RunRecord } from '../../bench/model/run-record.ts';
import { exampleRun } from '../../bench/run-folder/recorded.fixture.ts';
import { gateResultOf } from './gate-result.ts';
import { gateText } from './gate-text.ts';

const [tonight, before] = ['20261121T020000Z-bbbb', '20261120T020000Z-aaaa'];

function check(
  outcome: GateOutcome,
  level: GateCheck['level'] = 'error',
  more: Partial<GateCheck> = {},
): GateCheck {
  return {
    outcome,
    level,
    sentence: `latency_p50_us bridge/external/published (nginx, latency): it is ${outcome}`,
    place: 'bench.config.yaml:2:5',
    server: 'nginx',
    profile: 'latency',
    path: 'bridge/external/published',
    baseline: 'host/external',
    metric: 'latency_p50_us',
    kind: 'maxOverhead',
    limit: 0.2,
    ...more,
  };
}

/** A result looks at the run alone. */
function recordOf(run: Run): Pick<RunRecord, 'run'> {
  return { run };
}

const judging = {
  record: recordOf(exampleRun(tonight)),
  earlier: [recordOf(exampleRun(before))],
  accepted: [],
};

test.each([
  [['passed', 'passed'], 'passed', 0, 0, '2 of 2 checks hold'],
  [['passed', 'open'], 'open', 0, 11, '1 of 2 checks hold, 1 open'],
  [['untrusted', 'open'], 'untrusted', 0, 11, '0 of 2 checks hold, 1 open, 1 untrusted'],
  [['failed', 'untrusted'], 'failed', 10, 10, '0 of 2 checks hold, 1 failed, 1 untrusted'],
] as const)(
  '%j: the gate is %s, exit %d, with --strict %d',
  (outcomes, outcome, exitCode, strictCode, counts) => {
    const checks = outcomes.map((it) => check(it));
    const result = gateResultOf(checks, judging, { strict: false });
    expect(result).toMatchObject({ outcome, exitCode, against: [before] });
    expect(result.verdict).toBe(`gate ${outcome}, exit ${exitCode}: ${counts} (run ${tonight})`);
    const strict = gateResultOf(checks, judging, { strict: true });
    expect(strict.exitCode).toBe(strictCode);
    expect(strict.verdict).toContain(`exit ${strictCode}:`);
  },
);

test('what fails at level warn has a line, and the gate passes', () => {
  const result = gateResultOf([check('passed'), check('failed', 'warn')], judging, { strict: true });
  expect(result).toMatchObject({ outcome: 'passed', exitCode: 0 });
  expect(gateText(result, false)).toBe(
    'warning: latency_p50_us bridge/external/published (nginx, latency): it is failed\n' +
      `gate passed, exit 0: 1 of 2 checks hold, 1 failed at level warn (run ${tonight})\n`,
  );
});

test('a gate in which all hold is one line; with all, each check has one', () => {
  const result = gateResultOf([check('passed')], judging, { strict: false });
  expect(gateText(result, false)).toBe(`gate passed, exit 0: 1 of 1 checks hold (run ${tonight})\n`);
  expect(gateText(result, true).split('\n')).toHaveLength(3);
});

test('a second measurement is named in the verdict line', () => {
  const again = '20261121T030000Z-cccc';
  const result = gateResultOf([check('failed')], judging, { strict: false, confirmedBy: again });
  expect(result.confirmedBy).toBe(again);
  expect(result.verdict).toContain(`(run ${tonight}, measured again in run ${again})`);
});

test('a reference from another environment is compared, with a warning that names what differs', () => {
  const old = exampleRun(before);
  const environment = {
    ...old.environment,
    kernel: '6.0.0',
    engine: { ...old.environment.engine, userlandProxy: false },
  };
  const elsewhere = { ...judging, earlier: [recordOf({ ...old, environment })] };
  const reference = { ratio: 1.1, ratioLow: 1.05, ratioHigh: 1.15, runs: [before] };
  const { warnings } = gateResultOf([check('passed', 'error', { reference })], elsewhere, { strict: false });
  expect(warnings).toEqual([
    {
      code: 'environment-differs',
      message: `run ${before} was measured in another environment: docker-proxy off, now on; kernel 6.0.0, now 6.1.0`,
      hint: expect.stringMatching(/^Overheads are compared all the same/),
    },
  ]);
  expect(gateResultOf([check('passed')], elsewhere, { strict: false }).warnings).toEqual([]);
});

test('where a check fails, the facts that changed since its newest reference are named', () => {
  const withRules = (run: Run, firewallRules: number): Run => {
    const network = { firewallRules, inputPolicy: 'ACCEPT, 0 rules', bridgeNetfilter: true, mtu: {} };
    return { ...run, environment: { ...run.environment, network } };
  };
  const [older, newest] = ['20261118T020000Z-aaaa', before];
  const records = {
    record: recordOf(withRules(exampleRun(tonight), 215)),
    earlier: [recordOf(withRules(exampleRun(older), 3)), recordOf(withRules(exampleRun(newest), 15))],
    accepted: [],
  };
  const reference = { ratio: 1.1, ratioLow: 1.05, ratioHigh: 1.15, runs: [older, newest] };
  const warningsOf = (outcome: GateOutcome) =>
    gateResultOf([check(outcome, 'error', { reference })], records, { strict: false }).warnings;
  expect(warningsOf('failed')).toEqual([
    {
      code: 'facts-differ',
      message: `run ${newest} had 15 firewall rules, this one has 215`,
      hint: 'That may be why an overhead changed.',
    },
  ]);
  expect(warningsOf('passed')).toEqual([]);
  // maxOverhead compares with no run: the newest one tells what there was.
  const { warnings } = gateResultOf([check('failed')], records, { strict: false });
  expect(warnings).toEqual(warningsOf('failed'));
});
