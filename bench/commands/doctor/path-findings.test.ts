import { expect, test } from 'vitest';
import { pathFindings } from './path-findings.ts';

test('nothing that is seen stops a path: one finding, and it is ok', () => {
  expect(pathFindings({})).toEqual([expect.objectContaining({ subject: 'paths', level: 'ok' })]);
});

test('each setting that stops paths is a warning of its own: which, why, how many, and what mends it', () => {
  const findings = pathFindings({
    defaultBridge: { exists: false },
    ipv6Off: ['net.ipv6.conf.all.disable_ipv6'],
  });
  expect(findings.map(({ level }) => level)).toEqual(['warning', 'warning']);
  const [noBridge, noIpv6] = findings;
  expect(noBridge?.message).toMatch(
    /^"bridge": "none": the engine has no default bridge\. This prevents \d+ of \d+ \(bridge\/.* and \d+ more\)$/,
  );
  expect(noBridge?.hint).toContain('--mode user-bridge');
  expect(noIpv6?.message).toContain('net.ipv6.conf.all.disable_ipv6=1');
  expect(noIpv6?.hint).toContain('sysctl -w net.ipv6.conf.all.disable_ipv6=0');
});
