import { expect, test } from 'vitest';
import { publishedPorts } from './published-ports.ts';

const of = (Ports: Parameters<typeof publishedPorts>[0]['NetworkSettings']['Ports']) =>
  publishedPorts({ NetworkSettings: Ports === undefined ? {} : { Ports } });

test('each TCP port on each address; exposed ports, UDP and containers without a network publish nothing', () => {
  expect(
    of({
      '80/tcp': [
        { HostIp: '0.0.0.0', HostPort: '8080' },
        { HostIp: '::', HostPort: '8080' },
      ],
      '443/tcp': null,
      '53/udp': [{ HostIp: '0.0.0.0', HostPort: '53' }],
    }),
  ).toEqual([
    { containerPort: 80, hostAddress: '0.0.0.0', hostPort: 8080 },
    { containerPort: 80, hostAddress: '::', hostPort: 8080 },
  ]);
  expect(of({})).toEqual([]);
  expect(of(null)).toEqual([]);
  expect(of(undefined)).toEqual([]);
});
