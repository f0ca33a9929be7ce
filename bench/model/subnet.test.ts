import { expect, test } from 'vitest';
import { checkedSubnet } from './subnet.ts';

test.each(['198.18.7.0/24', '10.0.0.0/24', '223.255.255.0/24', '1.0.0.0/24'])('%s can be used', (subnet) => {
  expect(checkedSubnet(subnet)).toBe(subnet);
});

test.each([
  '10.1.2.3',
  '10.1.2.3/24',
  '10.1.0.0/16',
  '10.1.2.0/25',
  '10.1.2/24',
  '10.1.256.0/24',
  '10.1.2.0/24 ',
  '-1.1.2.0/24',
  'fd00::/24',
  '198.18.7.0/024',
  'x',
  '$(reboot)/24',
])('%s is no network of 256 addresses', (text) => {
  expect(() => checkedSubnet(text)).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: `${text} is not an IPv4 network of 256 addresses`,
      hint: expect.stringContaining('--subnet 198.18.7.0/24'),
    }),
  );
});

test.each([
  ['0.0.0.0/24', 'this network'],
  ['127.0.1.0/24', 'loopback'],
  ['224.0.0.0/24', 'multicast'],
  ['239.1.2.0/24', 'multicast'],
  ['255.255.255.0/24', 'reserved'],
])('%s: no link can have it (%s)', (text, why) => {
  expect(() => checkedSubnet(text)).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringContaining(why) }),
  );
});
