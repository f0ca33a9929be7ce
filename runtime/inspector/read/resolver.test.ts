import { expect, test } from 'vitest';
import { recordedFiles } from './recorded-machine.fixture.ts';
import { parseNameservers, readResolver } from './resolver.ts';

const hosts = '# of the host\nnameserver 192.0.2.53\nnameserver 2001:db8::53\nsearch example.org\n';
const tree = {
  '/etc/resolv.conf': hosts,
  '/proc/20/root/etc/resolv.conf': 'search .\nnameserver 192.0.2.53\nnameserver 2001:db8::53\n',
  '/proc/21/root/etc/resolv.conf': 'nameserver 127.0.0.11\noptions ndots:0\n',
  '/proc/22/root/etc/resolv.conf': 'nameserver 8.8.8.8\n',
};

test('reads the name servers and nothing else of resolv.conf', () => {
  expect(parseNameservers(hosts)).toEqual(['192.0.2.53', '2001:db8::53']);
});

test("tells the host's name servers, Docker's embedded one and others apart", () => {
  const kind = (pid: number | 'host') => readResolver(recordedFiles(tree), pid)?.kind;
  expect([kind('host'), kind(20), kind(21), kind(22)]).toEqual(['host', 'host', 'docker', 'other']);
});

test("a host that names only systemd's stub: its containers get the servers behind it", () => {
  const stubbed = {
    ...tree,
    '/etc/resolv.conf': 'nameserver 127.0.0.53\n',
    '/proc/1/root/run/systemd/resolve/resolv.conf': hosts,
  };
  expect(readResolver(recordedFiles(stubbed), 20)?.kind).toBe('host');
  expect(readResolver(recordedFiles(stubbed), 'host')).toEqual({ kind: 'host', nameservers: ['127.0.0.53'] });
});

test('a process that has gone, or has no such file, has no resolver', () => {
  expect(readResolver(recordedFiles(tree), 99)).toBeUndefined();
});
