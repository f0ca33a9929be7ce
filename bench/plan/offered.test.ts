import { expect, test } from 'vitest';
import { usualPublishing } from '../model/carrier.ts';
import { possiblePaths } from '../model/network-modes.ts';
import { pathId } from '../model/path.ts';
import { type Plan, planSchema } from '../model/plan.ts';
import { offeredAnyway, offeredBy } from './offered.ts';
import { resolvePlan } from './resolve-plan.ts';

const plan = (flags: Readonly<Record<string, unknown>>) => resolvePlan({ flags, env: {} }, () => 0);
const neither = { publishing: { userlandProxy: false, iptables: true, ip6tables: false } };
const onlyRules = { publishing: { userlandProxy: false, iptables: true, ip6tables: true } };

const pathsOf = ({ comparisons }: Plan) =>
  comparisons.flatMap(({ baseline, contenders }) => [baseline, ...contenders]);

test('an engine with docker-proxy offers every path', () => {
  const named = plan({ plan: 'paths' });
  expect(offeredBy({ publishing: usualPublishing }, named, 'unfit')).toBe(named);
});

test('a plan by name measures the others, and notes what it left out and why', () => {
  const named = plan({ plan: 'paths' });
  const offered = offeredBy(neither, named, 'unfit');
  expect(planSchema.parse(offered)).toEqual(offered);
  const leftOut = offered.leftOut?.map(({ path }) => path) ?? [];
  expect(leftOut).toHaveLength(8);
  expect([...pathsOf(offered), ...leftOut].toSorted()).toEqual(possiblePaths().map(pathId).toSorted());
  expect(offered.leftOut).toContainEqual({
    path: 'user-bridge/external/published/ipv6',
    reason: 'userland-proxy=false: the engine writes no IPv6 rules: ip6tables is off',
  });
  // Every baseline still has something that is compared with it.
  expect(offered.comparisons.map(({ baseline }) => baseline)).toEqual(
    named.comparisons.map(({ baseline }) => baseline),
  );
  expect(offered.comparisons.filter(({ contenders }) => contenders.length === 0)).toEqual([]);
});

test('what was left out before the engine was seen is noted once', () => {
  const before = offeredAnyway(plan({ plan: 'paths', userlandProxy: 'false' }));
  expect(before.leftOut).toHaveLength(5);
  const after = offeredBy(neither, before, 'unfit');
  expect(new Set(after.leftOut?.map(({ path }) => path)).size).toBe(8);
  expect(after.leftOut).toHaveLength(8);
});

test('a path that was asked for is refused, with the reason and what to do', () => {
  const asked = plan({ path: 'user-bridge/external/published/ipv6,bridge/host/loopback/ipv6' });
  expect(() => offeredBy(neither, asked, 'unfit')).toThrow(
    expect.objectContaining({
      kind: 'unfit',
      message:
        'user-bridge/external/published/ipv6 cannot be measured here (userland-proxy=false): ' +
        'the engine writes no IPv6 rules: ip6tables is off; nor can bridge/host/loopback/ipv6',
      hint: expect.stringMatching(/"userland-proxy": true.*daemon\.json.*"ip6tables": true/s),
    }),
  );
  expect(
    offeredBy(onlyRules, plan({ path: 'user-bridge/external/published/ipv6' }), 'unfit').comparisons,
  ).toEqual([{ baseline: 'host/external/ipv6', contenders: ['user-bridge/external/published/ipv6'] }]);
});

test('--userland-proxy false refuses beforehand what no engine then offers, and nothing that one might', () => {
  expect(() => offeredAnyway(plan({ path: 'bridge/host/loopback/ipv6', userlandProxy: 'false' }))).toThrow(
    expect.objectContaining({
      kind: 'usage',
      hint: expect.stringMatching(/^Leave out --userland-proxy false/),
    }),
  );
  const perhaps = plan({ path: 'user-bridge/external/published/ipv6', userlandProxy: 'false' });
  expect(offeredAnyway(perhaps)).toBe(perhaps);
});

test('where a baseline is stopped, nothing is left to compare its paths with: all of them are left out, by name', () => {
  const noIpv6 = { ipv6Off: ['net.ipv6.conf.all.disable_ipv6'] };
  const named = plan({ plan: 'paths' });
  const offered = offeredBy(noIpv6, named, 'unfit');
  const ipv6 = possiblePaths()
    .filter(({ family }) => family === 'ipv6')
    .map(pathId);
  expect(offered.leftOut?.map(({ path }) => path).toSorted()).toEqual(ipv6.toSorted());
  expect(pathsOf(offered).toSorted()).toEqual(
    possiblePaths()
      .filter(({ family }) => family === undefined)
      .map(pathId)
      .toSorted(),
  );
  for (const { reason } of offered.leftOut ?? []) {
    expect(reason).toBe('net.ipv6.conf.all.disable_ipv6=1: IPv6 is switched off on this machine');
  }
});

test('a plan of which nothing is left is refused', () => {
  const named = plan({ plan: 'two-addresses' });
  const allIpv6 = { ...named, comparisons: [{ baseline: 'host/external/ipv6', contenders: [] }] };
  expect(() => offeredBy({ ipv6Off: ['net.ipv6.conf.all.disable_ipv6'] }, allIpv6, 'unfit')).toThrow(
    expect.objectContaining({
      kind: 'unfit',
      message: expect.stringMatching(/^host\/external\/ipv6 cannot/),
    }),
  );
});
