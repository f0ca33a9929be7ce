import { expect, test } from 'vitest';
import { plainService } from '../../bench/model/service.fixture.ts';
import type { Service } from '../../bench/model/service.ts';
import { fakeEngine } from '../engine/engine.fake.ts';
import { orderFor } from './parts.fake.ts';
import { containerOf, holderOf, portTaken } from './ports.ts';

const service: Service = { ...plainService, port: 80 };
const wanted = [
  { address: '198.18.0.1', port: 8080 },
  { address: '127.0.0.1', port: 8080 },
];
const listener = (address: string, port: number, protocol: 'tcp' | 'udp' = 'tcp') => ({
  protocol,
  address,
  port,
  pid: 42,
  command: 'nginx',
});

test.each<[string, string, boolean]>([
  ['the same address', '127.0.0.1', true],
  ['every IPv4 address', '0.0.0.0', true],
  ['every address', '::', true],
  ['another address', '192.0.2.7', false],
  ['a loopback address of its own', '127.0.0.2', false],
])('a listener on %s', (_, address, holds) => {
  expect(holderOf(wanted, [listener(address, 8080)]) !== undefined).toBe(holds);
});

test('another port or protocol is in nobody’s way', () => {
  expect(holderOf(wanted, [listener('0.0.0.0', 8081), listener('0.0.0.0', 8080, 'udp')])).toBeUndefined();
});

test('a server that wants every address is kept from it by a listener on one', () => {
  expect(holderOf([{ address: '0.0.0.0', port: 80 }], [listener('192.0.2.7', 80)])).toMatchObject({
    pid: 42,
  });
});

test('the refusal names the program, its pid and its container, as far as they are known', () => {
  const order = orderFor('host/external');
  const socket = { address: '127.0.0.1', port: 8080 };
  expect(portTaken(order, { ...socket, command: 'nginx', pid: 42, container: 'web' }).message).toBe(
    'nginx (host/external) was not started: nginx (pid 42, container web) already listens on 127.0.0.1:8080',
  );
  expect(portTaken(order, { address: '::', port: 8080 }).message).toBe(
    'nginx (host/external) was not started: an unknown program already listens on [::]:8080',
  );
  expect(portTaken(order, socket).hint).toContain('--seed');
});

test('a service with one port is helped by no seed, but by a way to tell it another', () => {
  const socket = { address: '0.0.0.0', port: 80 };
  const hintOf = (changes: Partial<Service>) =>
    portTaken(orderFor('host/external', { service: { ...service, ...changes } }), socket).hint;
  expect(hintOf({})).toMatch(
    /Stop that program, or let the service listen on another port there: --port-env/,
  );
  expect(hintOf({ portVariable: 'PORT' })).toContain('--seed');
});

test("a container is known by its first process's pid", async () => {
  const engine = fakeEngine({ images: ['web:1'] });
  const spec = { image: 'web:1', command: [], labels: {}, attachment: { kind: 'host' } } as const;
  const web = await engine.create({ ...spec, name: 'web' });
  await engine.create({ ...spec, name: 'never-started' });
  await web.start();
  const pid = (await engine.inspect(web.id))?.pid;
  expect(await containerOf(engine, pid)).toBe('web');
  expect(await containerOf(engine, 7)).toBeUndefined();
  expect(await containerOf(engine, undefined)).toBeUndefined();
});
