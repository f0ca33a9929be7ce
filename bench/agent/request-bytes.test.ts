import { expect, test } from 'vitest';
import { hostHeaderOf, requestBytes } from './request-bytes.ts';

test('a request without anything of its own is a GET of the path and query of its URL', () => {
  expect(requestBytes('http://198.18.0.1:8081/body?q=1#top').toString()).toBe(
    'GET /body?q=1 HTTP/1.1\r\nHost: 198.18.0.1:8081\r\nConnection: keep-alive\r\n\r\n',
  );
  expect(requestBytes('http://[fd00::1]:8081/').toString()).toContain('\r\nHost: [fd00::1]:8081\r\n');
});

test('method, headers and body of its own are sent, with the length of the body in bytes', () => {
  const headers = { 'Content-Type': 'application/json', 'X-Two': '' };
  const request = { method: 'PUT', headers, body: '{"q":"é"}' };
  expect(requestBytes('http://a:1/x', request).toString()).toBe(
    'PUT /x HTTP/1.1\r\nHost: a:1\r\nConnection: keep-alive\r\nContent-Type: application/json\r\nX-Two: \r\n' +
      'Content-Length: 10\r\n\r\n{"q":"é"}',
  );
});

test.each([
  ['POST', undefined, 'Content-Length: 0'],
  ['GET', '', 'Content-Length: 0'],
  ['GET', undefined, undefined],
  ['DELETE', undefined, undefined],
])('the length of no body is said where a body is usual or given: %s, body %s', (method, body, line) => {
  const bytes = requestBytes('http://a/', { method, headers: {}, ...(body === undefined ? {} : { body }) });
  expect(/Content-Length: .*/.exec(bytes.toString())?.[0]).toBe(line);
});

test("a Host header of its own is sent instead of the URL's, however it is spelled", () => {
  const request = { method: 'GET', headers: { HOST: 'shop.example', Accept: '*/*' } };
  const lines = requestBytes('http://a:1/', request).toString().split('\r\n');
  expect(lines.filter((line) => /^host:/i.test(line))).toEqual(['Host: shop.example']);
  expect(hostHeaderOf(request)).toBe('shop.example');
  expect(hostHeaderOf({ headers: {} })).toBeUndefined();
});
