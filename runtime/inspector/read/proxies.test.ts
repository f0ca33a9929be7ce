import { expect, test } from 'vitest';
import { Failure } from '../../../bench/model/failure.ts';
import { proxyPinner } from '../change/proxy-pinner.ts';
import { parseProxyPort, proxyReader } from './proxies.ts';
import { type RecordedTree, recordedCommander, recordedFiles } from './recorded-machine.fixture.ts';
import { proxyCmdline, recordedTree } from './recorded-processes.fixture.ts';

test('recognises a docker-proxy by its host port', () => {
  expect(parseProxyPort(proxyCmdline)).toBe(8087);
  expect(parseProxyPort(proxyCmdline.replace('/usr/sbin/', '/usr/local/bin/rootlesskit-'))).toBe(8087);
});

test('nothing else is a docker-proxy of a TCP port', () => {
  expect(parseProxyPort('')).toBeUndefined();
  expect(parseProxyPort(proxyCmdline.replace('tcp', 'udp'))).toBeUndefined();
  expect(parseProxyPort(proxyCmdline.replace('docker-proxy', 'grep'))).toBeUndefined();
  expect(parseProxyPort('/usr/sbin/docker-proxy\0-proto\0tcp\0')).toBeUndefined();
});

test("sums the CPU time of the proxy's threads to the nanosecond", () => {
  expect(proxyReader(recordedFiles(recordedTree))([8087, 9999])).toEqual({
    8087: { pids: [31304], cpuSeconds: (1748113 + 193389) / 1e9 },
  });
});

test('falls back to clock ticks where the kernel keeps no schedstat', () => {
  const tree = { ...recordedTree, '/proc/31304/task/31304/schedstat': '0 0 0\n' };
  const withoutSecond: RecordedTree = Object.fromEntries(
    Object.entries(tree).filter(([path]) => !path.includes('/task/31305/')),
  );
  expect(proxyReader(recordedFiles(withoutSecond))([8087])['8087']?.cpuSeconds).toBeCloseTo(0.15, 12);
});

test('reads only the proxies it knows, until one of them has gone', () => {
  const tree = { ...recordedTree };
  const journal: string[] = [];
  const read = proxyReader(recordedFiles(tree, journal));
  read([8087]);
  expect(journal).toContain('/proc/2871/cmdline');
  journal.length = 0;
  read([8087]);
  expect(journal).not.toContain('/proc/2871/cmdline');

  // The port is published anew: another process serves it.
  for (const path of Object.keys(tree)) if (path.startsWith('/proc/31304/')) delete tree[path];
  tree['/proc/40000/cmdline'] = proxyCmdline;
  tree['/proc/40000/ns/net'] = { link: 'net:[4026531840]' };
  tree['/proc/40000/task/40000/schedstat'] = '5000000 0 1\n';
  expect(read([8087])).toEqual({ 8087: { pids: [40000], cpuSeconds: 0.005 } });
});

test("another engine's docker-proxy, which serves the same port in a namespace of its own, is none of this stack's", () => {
  const other = (namespace: string): RecordedTree => ({
    '/proc/500/cmdline': proxyCmdline,
    '/proc/500/ns/net': { link: namespace },
    '/proc/500/task/500/schedstat': '7000000000 0 1\n',
  });
  const alone = proxyReader(recordedFiles(recordedTree))([8087]);
  const apart = { ...recordedTree, ...other('net:[4026533000]') };
  expect(proxyReader(recordedFiles(apart))([8087])).toEqual(alone);
  const beside = { ...recordedTree, ...other('net:[4026531840]') };
  expect(proxyReader(recordedFiles(beside))([8087])['8087']?.pids).toEqual([500, 31304]);

  // Nor does a port count as served by docker-proxy where only the other engine has one.
  const nowhere = Object.fromEntries(
    Object.entries(apart).filter(([path]) => !path.startsWith('/proc/31304/')),
  );
  expect(proxyReader(recordedFiles(nowhere))([8087])).toEqual({});
});

test("a port's docker-proxy is put on CPUs with all its threads; nobody else's is touched", async () => {
  const journal: string[] = [];
  const other = {
    '/proc/500/cmdline': proxyCmdline.replace('8087', '5432'),
    '/proc/500/ns/net': { link: 'net:[4026531840]' },
  };
  const run = recordedCommander({ 'taskset -a -c -p 0 31304': '' }, journal);
  const pin = proxyPinner(recordedFiles({ ...recordedTree, ...other }), run);
  expect(await pin([8087, 9999], '0')).toBeUndefined();
  expect(journal).toEqual(['taskset -a -c -p 0 31304']);
});

test('a docker-proxy that may not be moved says why; one that has gone meanwhile is none', async () => {
  const refused = new Failure('unfit', '`taskset -a -c -p 0 31304` failed: Operation not permitted');
  const pin = proxyPinner(recordedFiles(recordedTree), () => Promise.reject(refused));
  expect(await pin([8087], '0')).toBe(refused.message);

  const tree = { ...recordedTree };
  const gone = proxyPinner(recordedFiles(tree), async () => {
    delete tree['/proc/31304/cmdline'];
    throw new Failure('unfit', 'No such process');
  });
  expect(await gone([8087], '0')).toBeUndefined();
});
