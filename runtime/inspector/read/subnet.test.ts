import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { Failure } from '../../../bench/model/failure.ts';
import { recordedCommander } from './recorded-machine.fixture.ts';
import { hostRoutes } from './recorded-processes.fixture.ts';
import { chooseSubnet, parseRoutes, readDetour } from './subnet.ts';

/** Networks that the host is connected to. */
function routes(...destinations: string[]) {
  return parseRoutes(
    JSON.stringify(destinations.map((dst) => ({ dst, dev: 'eth1', protocol: 'kernel', scope: 'link' }))),
  );
}

/** Routes as `ip route add DESTINATION dev wg0` makes them: a VPN's. */
function vpn(...destinations: string[]) {
  return parseRoutes(JSON.stringify(destinations.map((dst) => ({ dst, dev: 'wg0', scope: 'link' }))));
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

test("a VPN's route that is less specific is in nobody's way: the run's own counts for its packets", () => {
  expect(chooseSubnet(vpn('196.0.0.0/6'))).toBe('198.18.0.0/24');
  expect(chooseSubnet(vpn('196.0.0.0/6'), '198.18.7.0/24')).toBe('198.18.7.0/24');
  expect(chooseSubnet(vpn('10.0.0.0/8'), '10.123.45.0/24')).toBe('10.123.45.0/24');
});

test('what nobody routes is taken before what a VPN does, and that before nothing', () => {
  expect(chooseSubnet(vpn('198.18.0.0/16'))).toBe('198.19.0.0/24');
  expect(chooseSubnet([...vpn('198.18.0.0/15'), ...routes('198.18.0.0/24')])).toBe('198.18.1.0/24');
  expect(chooseSubnet([...vpn('198.18.0.0/16'), ...routes('198.19.0.0/16')])).toBe('198.18.0.0/24');
});

test('a route that is asked before any other is in the way, however wide', () => {
  const local = JSON.stringify([{ type: 'local', dst: '198.18.0.0/16', dev: 'lo', table: 'local' }]);
  expect(chooseSubnet(parseRoutes(local))).toBe('198.19.0.0/24');
  expect(failureOf(() => chooseSubnet(parseRoutes(local), '198.18.7.0/24')).message).toContain('to lo');
});

test('takes the network that is asked for, anywhere, if it is free', () => {
  expect(chooseSubnet(routes('198.18.0.0/15'), '10.123.45.0/24')).toBe('10.123.45.0/24');
});

test.each(['10.1.2.0/24', '10.1.0.0/16', '10.1.2.128/25', '10.1.2.77'])(
  'refuses the network that is asked for when the host is connected to %s, and names one that is free',
  (route) => {
    const failure = failureOf(() => chooseSubnet(routes(route), '10.1.2.0/24'));
    expect(failure.message).toBe(`10.1.2.0/24 is not free: the host routes ${route} to eth1`);
    expect(failure.hint).toBe(
      'Name another /24 that this machine does not use, or name none: bench then takes 198.18.0.0/24, which is free.',
    );
  },
);

test.each(['10.1.2.0/24', '10.1.2.128/25', '10.1.2.77'])(
  "refuses it for a VPN's route to %s, which is as specific",
  (route) => {
    const failure = failureOf(() => chooseSubnet(vpn(route, '10.0.0.0/8'), '10.1.2.0/24'));
    expect(failure.message).toBe(`10.1.2.0/24 is not free: the host routes ${route} to wg0`);
  },
);

test('nothing is promised that is not free either', () => {
  const failure = failureOf(() => chooseSubnet(routes('198.18.0.0/15', '10.1.2.0/24'), '10.1.2.0/24'));
  expect(failure.hint).toBe('Name another /24 that this machine does not use.');
});

test.each<[string, string, string | undefined]>([
  ['over its device', '[{"dst":"198.18.0.2","from":"198.18.0.1","dev":"bench-k3f9","flags":[]}]', undefined],
  [
    'by a table that is asked first',
    '[{"dst":"198.18.0.2","from":"198.18.0.1","dev":"tailscale0","table":"52","flags":[]}]',
    'tailscale0 (table 52)',
  ],
  ['by a route that nobody knew of', '[{"dst":"198.18.0.2","dev":"wg0","flags":[]}]', 'wg0'],
])('whether the kernel sends packets %s', async (_, printed, over) => {
  const run = recordedCommander({ 'ip -j route get 198.18.0.2 from 198.18.0.1': printed });
  expect(await readDetour(run, { device: 'bench-k3f9', from: '198.18.0.1', to: '198.18.0.2' })).toBe(over);
});

test.each(['10.1.2.3', '10.1.2.3/24', '10.1.0.0/16', '10.1.2/24', '10.1.256.0/24', 'fd00::/24', 'x'])(
  'refuses %s, which is no network of 256 addresses',
  (wanted) => {
    expect(failureOf(() => chooseSubnet([], wanted))).toMatchObject({ kind: 'usage' });
  },
);
