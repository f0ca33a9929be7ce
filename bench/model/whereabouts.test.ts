import { expect, test } from 'vitest';
import { routeFor } from './network-modes.ts';
import { parsePathId } from './path.ts';
import { urlOf } from './whereabouts.ts';

function route(id: string) {
  const path = parsePathId(id);
  const found = path && routeFor(path);
  if (found?.possible !== true) throw new Error(`${id} cannot be laid`);
  return found.route;
}

const whereabouts = {
  linkAddress: '198.18.0.1',
  gatewayAddress: '172.17.0.1',
  containerAddress: '172.17.0.2',
  hostPort: 20001,
  containerPort: 8080,
};

test.each([
  ['host/external', 'http://198.18.0.1:20001/body'],
  ['bridge/external/published', 'http://198.18.0.1:20001/body'],
  ['host/host', 'http://127.0.0.1:20001/body'],
  ['bridge/host/published', 'http://172.17.0.1:20001/body'],
  ['bridge/host/loopback', 'http://127.0.0.1:20001/body'],
  ['bridge/host/container', 'http://172.17.0.2:8080/body'],
  ['host/neighbor', 'http://172.17.0.1:20001/body'],
  ['native/neighbor', 'http://172.17.0.1:20001/body'],
  ['none/inside', 'http://127.0.0.1:8080/body'],
  ['none/inside/ipv6', 'http://[::1]:8080/body'],
  ['mapped/inside/ipv6', 'http://[::1]:8080/body'],
])('%s dials %s', (id, url) => {
  expect(urlOf(route(id), whereabouts, { path: '/body' })).toBe(url);
});

test('an IPv6 address is written in brackets, and loopback is ::1', () => {
  const ipv6 = { ...whereabouts, linkAddress: 'fdbe:6e63:c612::1' };
  const external = route('host/external');
  expect(urlOf(external, ipv6, { path: '/body' })).toBe('http://[fdbe:6e63:c612::1]:20001/body');
  const onHost = route('host/host');
  expect(urlOf({ ...onHost, path: { ...onHost.path, family: 'ipv6' } }, ipv6, { path: '/body' })).toBe(
    'http://[::1]:20001/body',
  );
});

test('an address that there is not cannot be dialled', () => {
  const nowhere = { hostPort: 20001, containerPort: 8080 };
  for (const id of ['bridge/host/container', 'host/external', 'host/neighbor']) {
    expect(() => urlOf(route(id), nowhere, { path: '/body' })).toThrow(id);
  }
});

test('over TLS the scheme is https, and the path is the requested one', () => {
  const asked = { path: '/search?q=1', tls: true };
  expect(urlOf(route('host/external'), whereabouts, asked)).toBe('https://198.18.0.1:20001/search?q=1');
});
