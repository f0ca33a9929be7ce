import { expect, test } from 'vitest';
import { possiblePaths } from '../model/network-modes.ts';
import { pathId } from '../model/path.ts';
import { declaredComparisons } from '../model/plan.ts';
import { roundsNeeded, roundsToPlan } from '../model/rounds-needed.ts';
import { planCommand } from './plan-command.ts';
import { failure, plan } from './planned.fixture.ts';

test('two-addresses is host mode and its twin on one port, and says so in its command', () => {
  const named = plan({ flags: { plan: 'two-addresses' }, config: { modes: ['bridge'] } });
  expect(named).toMatchObject({
    sharedPort: true,
    comparisons: [{ baseline: 'host/external', contenders: [] }],
  });
  expect(planCommand(named)).toMatch(/--mode host .*--shared-port true$/);
  expect(plan({ flags: { sharedPort: 'true', mode: 'bridge' } })).toMatchObject({
    sharedPort: true,
    comparisons: [{ contenders: ['bridge/external/published'] }],
  });
});

test('the plan `paths` measures every path that can be laid, each against its baseline', () => {
  const paths = plan({ flags: { plan: 'paths' } });
  const { comparisons, servers, profiles, rounds } = paths;
  const measured = comparisons.flatMap(({ baseline, contenders }) => [baseline, ...contenders]);
  expect(measured.toSorted()).toEqual(possiblePaths().map(pathId).toSorted());
  expect([servers, profiles.map(({ name }) => name)]).toEqual([['nginx'], ['latency']]);
  expect(declaredComparisons(paths)).toBe(measured.length - comparisons.length);
  expect(rounds).toBe(roundsToPlan(0.95, declaredComparisons(paths)));
  // A round or two may be lost, and a difference can still be shown.
  expect(rounds - 1).toBeGreaterThan(roundsNeeded(0.95, declaredComparisons(paths)));
});

test('the plan `waterfall` goes from a plain process to docker-proxy, all of it seen from one place', () => {
  const { comparisons, profiles } = plan({ flags: { plan: 'waterfall' } });
  // The time of each step, and at one rate its CPU.
  expect(profiles.map(({ name }) => name)).toEqual(['latency', 'steady']);
  expect(comparisons).toEqual([
    {
      baseline: 'host/host',
      contenders: ['native/host', 'bridge/host/container', 'bridge/host/published', 'bridge/host/loopback'],
    },
  ]);
});

test('a named plan is overridden option by option, and gives way to a higher selection', () => {
  const own = plan({ flags: { rounds: '3', server: 'apache' }, env: { BENCH_PLAN: 'waterfall' } });
  expect([own.rounds, own.servers, own.comparisons[0]?.baseline]).toEqual([3, ['apache'], 'host/host']);
  const flag = plan({ flags: { mode: 'bridge' }, env: { BENCH_PLAN: 'waterfall' } });
  expect(flag.comparisons[0]?.baseline).toBe('host/external');
  expect(flag.servers).toEqual(['nginx', 'apache']);
});

test.each([
  [{ plan: 'path' }, '--plan: unknown plan "path"', 'did you mean "paths"?'],
  [{ plan: 'paths', mode: 'bridge' }, 'which modes are measured', 'Leave out either'],
  [{ plan: 'paths', path: 'host/host' }, 'which paths are measured', 'Leave out either'],
])('%j is refused: %s', (flags, message, hint) => {
  const found = failure({ flags });
  expect(found.message).toContain(message);
  expect(found.hint).toContain(hint);
});
