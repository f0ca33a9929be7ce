import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { serveRpc } from '../../bench/model/rpc.ts';
import { hostGuards } from './change/guards.ts';
import { hostLinks } from './change/links.ts';
import { hostNatives } from './change/natives.ts';
import { hostOpenings } from './change/openings.ts';
import { inspector } from './client.ts';
import { inspectorHandlers } from './handlers.ts';
import { recordedCommander, recordedFiles } from './read/recorded-machine.fixture.ts';
import { containerAddr, hostRoutes, recordedTree } from './read/recorded-processes.fixture.ts';

function connect() {
  const requests = new PassThrough();
  const replies = new PassThrough();
  const files = recordedFiles(recordedTree);
  const run = recordedCommander({
    'nsenter -t 31360 -n ip -j -d addr': containerAddr,
    'ip -j -4 route show table all': hostRoutes,
  });
  const links = hostLinks(files, run);
  const handlers = inspectorHandlers({
    files,
    run,
    clock: () => 1000,
    links,
    openings: hostOpenings(files, run),
    guards: hostGuards(files, run),
    natives: hostNatives({}),
    cgroupRoot: '/host/cgroup',
  });
  const served = serveRpc({ input: replies, output: requests }, handlers);
  return { client: inspector({ input: requests, output: replies }), served };
}

test('answers over its streams what a container looks like from inside', async () => {
  const { client } = connect();
  expect(await client.call('stack', { pid: 31360 })).toEqual({
    namespace: 'net:[4026532184]',
    interfaces: [
      { name: 'lo', index: 1, kind: 'loopback', up: true, mtu: 65536, addresses: ['127.0.0.1'] },
      {
        name: 'eth0',
        index: 20,
        linkIndex: 21,
        kind: 'veth',
        up: true,
        mtu: 1500,
        addresses: ['172.17.0.2'],
      },
    ],
    routes: [
      { destination: 'default', gateway: '172.17.0.1', device: 'eth0' },
      { destination: '172.17.0.0/16', device: 'eth0' },
    ],
    listeners: [
      { protocol: 'tcp', address: '0.0.0.0', port: 80, pid: 31360, command: 'nginx' },
      { protocol: 'tcp', address: '::', port: 80, pid: 31360, command: 'nginx' },
    ],
    resolver: { kind: 'host', nameservers: ['192.0.2.53'] },
  });
  expect(await client.call('free-subnet', {})).toEqual({ subnet: '198.18.2.0/24' });
  expect(await client.call('links', { prefix: 'bench-' })).toEqual({ names: ['bench-k3f9'] });
  expect(await client.call('delete-link', { name: 'bench-gone' })).toEqual({ existed: false });
});

test('an error comes back with its hint', async () => {
  const { client } = connect();
  await expect(client.call('free-subnet', { wanted: '172.17.9.0/24' })).rejects.toMatchObject({
    message: '172.17.9.0/24 is not free: the host routes 172.17.0.0/16 to docker0',
    hint: expect.stringContaining('Name another /24'),
  });
  await expect(client.call('stack', { pid: 5 })).rejects.toThrow('(pid 5) has exited');
});

test('closing ends the service', async () => {
  const { client, served } = connect();
  client.close();
  await served;
});
