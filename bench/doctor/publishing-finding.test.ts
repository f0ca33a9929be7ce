import { expect, test } from 'vitest';
import { publishingFinding } from './publishing-finding.ts';

test.each([
  [
    true,
    false,
    /^IPv4 by DNAT, or docker-proxy .*; IPv6 by docker-proxy \(userland-proxy=true, ip6tables off\)$/,
  ],
  [true, true, /; IPv6 by DNAT .*, else docker-proxy \(userland-proxy=true, ip6tables on\)$/],
  [false, true, /^IPv4 by DNAT; IPv6 by DNAT .*, else nobody \(userland-proxy=false, ip6tables on\)$/],
  [false, false, /^IPv4 by DNAT; IPv6 by nobody \(userland-proxy=false, ip6tables off\)$/],
])('userland-proxy=%s, ip6tables %s: who carries what', (userlandProxy, ip6tables, message) => {
  const finding = publishingFinding({ userlandProxy, ip6tables });
  expect(finding).toMatchObject({ level: 'ok', message: expect.stringMatching(message) });
});

test('an engine that does not show how it publishes is not guessed at', () => {
  expect(publishingFinding(undefined)).toMatchObject({
    level: 'ok',
    message: expect.stringMatching(/^no daemon/),
  });
});
