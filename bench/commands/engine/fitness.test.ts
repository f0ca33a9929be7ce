import { expect, test } from 'vitest';
import type { PathFacts } from '../../model/path-facts.ts';
import { resolvePlan } from '../../plan/resolve-plan.ts';
import { assertCpusFor, assertUserlandProxy, fitted, withoutIdleExchange } from './fitness.ts';

/** An engine of which only the setting in question matters. */
function engineWith(userlandProxy: boolean | undefined, ip6tables = false): PathFacts {
  return userlandProxy === undefined ? {} : { publishing: { userlandProxy, iptables: true, ip6tables } };
}

test.each([true, false, undefined])('a plan that asks for nothing fits an engine with %s', (has) => {
  expect(() => assertUserlandProxy({}, engineWith(has))).not.toThrow();
});

test("a plan is not measured under the other setting, and the user's engine is left as it is", () => {
  expect(() => assertUserlandProxy({ userlandProxy: false }, engineWith(false))).not.toThrow();
  expect(() => assertUserlandProxy({ userlandProxy: false }, engineWith(true))).toThrow(
    expect.objectContaining({
      kind: 'unfit',
      message: 'the plan requests userland-proxy=false, but this engine runs with true',
      hint: expect.stringMatching(/bench does not change your engine.*daemon\.json/),
    }),
  );
  expect(() => assertUserlandProxy({ userlandProxy: true }, engineWith(undefined))).toThrow(
    'cannot read the setting of this engine',
  );
  const edited = { ...engineWith(true), changedFile: '/etc/docker/daemon.json' };
  expect(() => assertUserlandProxy({ userlandProxy: false }, edited)).toThrow(
    expect.objectContaining({
      message: 'the plan requests userland-proxy=false, but this engine runs with true',
      hint: expect.stringMatching(/daemon\.json has changed since dockerd started.*restart/),
    }),
  );
});

test('a plan is fitted to what the engine carries; to one that does not show it, not at all', () => {
  const flags = { path: 'user-bridge/external/published/ipv6' };
  const asked = resolvePlan({ flags, env: {} }, () => 0);
  const fits: [boolean | undefined, boolean][] = [
    [true, false],
    [false, true],
    [undefined, false],
  ];
  for (const settings of fits) expect(fitted(asked, engineWith(...settings))).toBe(asked);
  expect(() => fitted(asked, engineWith(false, false))).toThrow(
    expect.objectContaining({ kind: 'unfit', message: expect.stringContaining('ip6tables is off') }),
  );
  expect(() => fitted({ ...asked, userlandProxy: true }, engineWith(false, true))).toThrow(
    'this engine runs with false',
  );
});

test('where servers and agents share their CPUs, no exchange is planned, and none is told of', () => {
  const asked = resolvePlan({ flags: { mode: 'bridge' }, env: {} }, () => 0);
  expect(asked.exchangeCpus).toBe(true);
  const apart = { kind: 'disjoint', serverCpus: '0', agentCpus: '1' } as const;
  expect(withoutIdleExchange(asked, { pinning: apart })).toBe(asked);
  const shared = withoutIdleExchange(asked, { pinning: { kind: 'shared' } });
  expect(shared).not.toHaveProperty('exchangeCpus');
  expect({ ...shared, exchangeCpus: true }).toEqual(asked);
});

test('more load generators than CPUs are refused, with the most that fit', () => {
  expect(() => assertCpusFor({}, { cpuCount: 1 })).not.toThrow();
  expect(() => assertCpusFor({ agents: 3 }, { cpuCount: 4 })).not.toThrow();
  expect(() => assertCpusFor({ agents: 4 }, { cpuCount: 4 })).toThrow(
    expect.objectContaining({
      kind: 'unfit',
      message: "--agents 4 needs 5 CPUs, and the engine's machine has 4 CPUs",
      hint: expect.stringContaining('Here --agents 3 is the most'),
    }),
  );
  expect(() => assertCpusFor({ agents: 2 }, { cpuCount: 2 })).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('Leave out --agents') }),
  );
});
