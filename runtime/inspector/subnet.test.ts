import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Failure } from '../../bench/model/failure.ts';
import { hostRoutes } from './recorded-processes.fixture.ts';
import { chooseSubnet, parseRoutes } from './subnet.ts';

function routes(...destinations: string[]) {
  return parseRoutes(JSON.stringify(destinations.map((dst) => ({ dst, dev: 'eth1' }))));
}

function failureOf(choose: () => string): Failure {
  try {
    choose();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('the first network of the benchmarking range, on a machine that uses none of it', () => {
  expect(chooseSubnet(routes('default', '10.0.0.0/8', '127.0.0.0/8'))).toBe('198.18.0.0/24');
});

test('skips what any table routes; default routes in one piece or two are in nobody’s way', () => {
  // 198.18.0.1 is another run's link, 198.18.1.0/24 is made unreachable.
  expect(chooseSubnet(parseRoutes(hostRoutes))).toBe('198.18.2.0/24');
});

test('what is chosen is a /24 of 198.18.0.0/15 that no route overlaps', () => {
  const taken = fc.uniqueArray(fc.integer({ min: 0, max: 511 }), { maxLength: 511 });
  fc.assert(
    fc.property(taken, fc.integer({ min: 24, max: 32 }), (numbers, length) => {
      const networks = numbers.map((n) => `198.${18 + Math.floor(n / 256)}.${n % 256}.0`);
      const chosen = chooseSubnet(routes(...networks.map((network) => `${network}/${length}`)));
      expect(chosen).toMatch(/^198\.1[89]\.\d+\.0\/24$/);
      expect(networks).not.toContain(chosen.replace('/24', ''));
    }),
  );
});

test('names the route that leaves nothing free, and the flag that helps', () => {
  const failure = failureOf(() => chooseSubnet(routes('198.18.0.0/15')));
  expect(failure.message).toBe('no /24 of 198.18.0.0/15 is free: the host routes 198.18.0.0/15 to eth1');
  expect(failure.hint).toContain('--subnet');
});

test('takes the network that is asked for, anywhere, if it is free', () => {
  expect(chooseSubnet(routes('198.18.0.0/15'), '10.123.45.0/24')).toBe('10.123.45.0/24');
});

test.each(['10.1.2.0/24', '10.1.0.0/16', '10.1.2.128/25', '10.1.2.77'])(
  'refuses the network that is asked for when %s overlaps it',
  (route) => {
    const failure = failureOf(() => chooseSubnet(routes(route), '10.1.2.0/24'));
    expect(failure.message).toBe(`10.1.2.0/24 is not free: the host routes ${route} to eth1`);
    expect(failure.hint).toContain('--subnet');
  },
);

test.each(['10.1.2.3', '10.1.2.3/24', '10.1.0.0/16', '10.1.2/24', '10.1.256.0/24', 'fd00::/24', 'x'])(
  'refuses %s, which is no network of 256 addresses',
  (wanted) => {
    expect(failureOf(() => chooseSubnet([], wanted))).toMatchObject({ kind: 'usage' });
  },
);
