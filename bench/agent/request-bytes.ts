import type { Request } from '../model/request.ts';

/** Methods whose requests have a body as a rule: without one they say so (RFC 9110, section 8.6). */
const withBody = ['POST', 'PUT', 'PATCH'];

/** What is asked where an order names no request. */
export const plainGet = { method: 'GET', headers: {} } as const satisfies Partial<Request>;

/**
 * The bytes of one request, over HTTP/1.1 on a connection that stays open.
 * @param url where it goes, with its path.
 */
export function requestBytes(
  url: string,
  { method, headers, body }: Pick<Request, 'method' | 'headers' | 'body'> = plainGet,
): Buffer {
  const { host, pathname, search } = new URL(url);
  const { host: name = host, ...others } = withLowerCaseHost(headers);
  const payload = Buffer.from(body ?? '');
  const length = body !== undefined || withBody.includes(method);
  const lines = [
    `${method} ${pathname}${search} HTTP/1.1`,
    `Host: ${name}`,
    'Connection: keep-alive',
    ...Object.entries(others).map(([header, value]) => `${header}: ${value}`),
    ...(length ? [`Content-Length: ${payload.length}`] : []),
  ];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), payload]);
}

/** The Host header of a request's own; `undefined` where the URL's is sent. */
export function hostHeaderOf({ headers }: Pick<Request, 'headers'>): string | undefined {
  return withLowerCaseHost(headers)['host'];
}

function withLowerCaseHost(headers: Request['headers']): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [/^host$/i.test(name) ? 'host' : name, value]),
  );
}
