import { expect, test } from 'vitest';
import { healthChecked, surveyObstacle, surveyWarnings } from './service-surprises.ts';
import { latenciesOf, type Survey, usualSurvey } from './survey.ts';

const asked = { method: 'GET', path: '/health' };

function seen(change: Partial<Survey> = {}): Survey {
  return {
    requests: 1_100,
    statuses: { 200: 1_100 },
    failures: 0,
    endedAfter: [],
    endsAnnounced: true,
    mostOnOneConnection: 1_100,
    framings: ['length'],
    bodyBytes: { least: 1_000, most: 1_000 },
    ...change,
  };
}

/** The warnings of a survey, as a terminal shows them. */
function warned(change: Partial<Survey>, request: Parameters<typeof surveyWarnings>[1] = asked): string {
  const lines = surveyWarnings(seen(change), request).map(
    ({ code, message, hint }) => `${code}: ${message}\n→ ${hint}`,
  );
  return `\n${lines.join('\n')}\n`;
}

function stopped(change: Partial<Survey>, request: Parameters<typeof surveyObstacle>[1] = asked): string {
  const failure = surveyObstacle(seen(change), request);
  return failure === undefined ? 'nothing' : `\n${failure.kind}: ${failure.message}\n→ ${failure.hint}\n`;
}

test('a service without surprises has no warning and no obstacle', () => {
  const latency = { medianSeconds: 0.002, warmUp: { firstSeconds: 0.0021, lastSeconds: 0.002 } };
  expect(surveyWarnings(seen({ latency }), asked)).toEqual([]);
  expect(stopped({})).toBe('nothing');
});

test('nginx ends its connections after 1,000 requests: told, with the line that takes it out', () => {
  expect(warned({ endedAfter: [1_000], serverHeader: 'nginx/1.22.1' })).toMatchInlineSnapshot(`
    "
    service-ends-connections: The service ends each connection after 1,000 answers. It is measured with that: bench connects again each time, and the time of connecting is in its figures, as it is in what your clients see.
    → In nginx, \`keepalive_requests 1000000;\` takes this out of the measurement.
    "
  `);
});

test('a health check is told with its interval, and how an image without it is made', () => {
  const { message, hint } = healthChecked('my/app:1', 5);
  expect(message).toContain('the engine runs it in each container of the service, every 5 s.');
  expect(hint).toContain(String.raw`printf 'FROM my/app:1\nHEALTHCHECK NONE\n' | docker build -t`);
});

test('the advice is for the server that it is: by its name, or by the number where it hides it', () => {
  const advice = (change: Partial<Survey>) => surveyWarnings(seen(change), asked)[0]?.hint;
  expect(advice({ endedAfter: [100], serverHeader: 'Apache/2.4.57 (Debian)' })).toContain(
    'MaxKeepAliveRequests 0',
  );
  expect(advice({ endedAfter: [1, 1, 1], serverHeader: 'gunicorn' })).toContain('--worker-class gthread');
  expect(advice({ endedAfter: [1_000] })).toContain('keepalive_requests');
  for (const unknown of [{ endedAfter: [37] }, { endedAfter: [1_000], serverHeader: 'Caddy' }]) {
    expect(advice(unknown)).toContain('raise the limit of requests on one connection');
  }
  expect(advice({ endedAfter: [1, 1] })).toContain('let the service keep its connections');
});

const surprising: readonly (readonly [string, Partial<Survey>, Parameters<typeof surveyWarnings>[1]])[] = [
  ['rest', { restSeconds: 2.003, serverHeader: 'gunicorn' }, asked],
  ['silent ends, GET', { endedAfter: [20, 35], endsAnnounced: false }, asked],
  ['silent ends, POST', { endedAfter: [20], endsAnnounced: false }, { ...asked, method: 'POST' }],
  [
    'no length',
    { framings: ['close'], endedAfter: [1, 1], serverHeader: 'BaseHTTP/0.6 Python/3.11.2' },
    asked,
  ],
  ['chunks', { framings: ['length', 'chunked'] }, asked],
  ['sizes', { bodyBytes: { least: 1_000, most: 65_000 } }, asked],
  ['compression', { compressed: { encoding: 'gzip', bodyBytes: 310 } }, asked],
  ['a limit of the rate', { statuses: { 200: 1_000, 429: 100 }, retryAfter: '1' }, asked],
  [
    'errors at times',
    { statuses: { 200: 1_090, 500: 7 }, failures: 3, problem: 'connection refused' },
    asked,
  ],
  [
    'warming up',
    { latency: { medianSeconds: 0.004, warmUp: { firstSeconds: 0.012, lastSeconds: 0.003 } } },
    asked,
  ],
  ['slow', { requests: 11, statuses: { 200: 11 }, latency: { medianSeconds: 0.52 } }, asked],
];

test('each surprise is told with what it means and what can be done', () => {
  const texts = surprising.map(([name, change, request]) => `[${name}]${warned(change, request)}`);
  expect(texts.join('\n')).toMatchInlineSnapshot(`
    "[rest]
    service-ends-resting-connections: The service ends a connection that rests for 2.00 s. Connections rest while other cases are measured. They are opened again in the ramp of the next slice, on every path alike.
    → To keep connections open, start gunicorn with \`--keep-alive 75\`.

    [silent ends, GET]
    service-ends-connections: The service ends each connection after 20 to 35 answers. It is measured with that: bench connects again each time, and the time of connecting is in its figures, as it is in what your clients see. It does not announce these ends: a request that crosses one is sent again.
    → To take this out of the measurement, raise the limit of requests on one connection in the configuration of the service.

    [silent ends, POST]
    service-ends-connections: The service ends each connection after 20 answers. It is measured with that: bench connects again each time, and the time of connecting is in its figures, as it is in what your clients see. It does not announce these ends: a POST that crosses one is lost, and its slice does not count.
    → To take this out of the measurement, raise the limit of requests on one connection in the configuration of the service.

    [no length]
    service-answers-without-length: Answers of the service have no length: each ends with its connection. Every request needs a new one, and is measured with the time of connecting.
    → Let the service send a Content-Length, or answer in chunks. This server is meant for development: measure the one that serves your users.

    [chunks]
    service-answers-in-chunks: Answers of the service come in chunks, without a length. The load agent has to parse each of them, which costs its own CPU more time than answers that are alike; the service's figures do not contain it.
    → Nothing needs to be done. Where the load agent is the limit of the throughput, the report says so; answers with a Content-Length need less of it.

    [sizes]
    service-answers-vary: Bodies of the answers have 1,000 to 65,000 bytes. All paths get the same mixture, so the comparison stays fair, but its intervals become wider.
    → Ask for something that always gives the same answer, with --request-path or --request-body, if it need not be this.

    [compression]
    service-compresses: The service compresses its answers for clients that ask for it: 310 bytes (gzip) instead of 1,000. bench does not ask for it.
    → If your clients do, as browsers and most proxies do: --header 'Accept-Encoding: gzip'.

    [a limit of the rate]
    service-limits-rate: 100 of 1,100 answers had status 429 (Retry-After: 1): the service limits its rate. A slice with such an answer does not count, and most slices send requests faster than this survey.
    → Switch its rate limit off while it is measured, or exempt the address of bench from it.

    [errors at times]
    service-fails-at-times: 7 of 1,100 answers had status 500, not 2xx. A slice with such an answer does not count.
    → Look at the service's log.
    service-fails-at-times: 3 of 1,100 requests had no complete answer (connection refused). A slice with such a request does not count.
    → Look at the service's log.

    [warming up]
    service-warms-up: The service became faster while bench asked: from 12.0 ms to 3.00 ms in 1,100 requests. Each round starts it anew, so its figures are those of a service that still warms up.
    → Name a path that answers only when the service is warm (--ready-path), or give each slice more time (--slice-seconds 2).

    [slow]
    service-is-slow: An answer of the service takes 520 ms. A slice is too short for many of them, and one that takes longer than a slice is a timeout.
    → Give slices more time: --slice-seconds 6.
    "
  `);
});

test('differences that do not matter are no warning: a time stamp, the agent warming up, a gzip of nothing', () => {
  expect(warned({ bodyBytes: { least: 1_000, most: 1_009 } })).toBe('\n\n');
  expect(warned({ bodyBytes: { least: 20, most: 80 } })).toBe('\n\n');
  expect(warned({ restSeconds: 5 })).toBe('\n\n');
  const warmUp = { firstSeconds: 0.0009, lastSeconds: 0.0002 };
  expect(warned({ latency: { medianSeconds: 0.0003, warmUp } })).toBe('\n\n');
});

const hopeless: readonly (readonly [string, Partial<Survey>, Parameters<typeof surveyObstacle>[1]])[] = [
  ['redirect', { statuses: { 301: 50 }, location: '/health/' }, asked],
  ['redirect elsewhere', { statuses: { 308: 50 }, location: 'https://shop.example/' }, asked],
  ['refused', { statuses: { 429: 50 }, retryAfter: '60' }, asked],
  ['not found', { statuses: { 404: 50 } }, asked],
  ['credentials', { statuses: { 401: 50 } }, asked],
  ['broken', { statuses: { 502: 48, 404: 2 } }, asked],
  ['another status than named', { statuses: { 200: 50 } }, { ...asked, expectedStatus: 201 }],
  ['teapot', { statuses: { 418: 50 } }, asked],
  [
    'not HTTP',
    { requests: 3, statuses: {}, failures: 3, problem: 'it is not HTTP/1.1 (Parse Error: Expected HTTP/)' },
    asked,
  ],
  [
    'no TLS',
    {
      requests: 3,
      statuses: {},
      failures: 3,
      problem: 'write EPROTO 80:error:0A00010B:SSL routines:x:wrong version number',
    },
    asked,
  ],
  ['silent', { requests: 3, statuses: {}, failures: 3, problem: 'no complete answer within 2.0 s' }, asked],
];

test('what cannot be measured is told once, with what to do next', () => {
  const texts = hopeless.map(([name, change, request]) => `[${name}]${stopped(change, request)}`);
  expect(texts.join('\n')).toMatchInlineSnapshot(`
    "[redirect]
    unfit: GET /health is answered with status 301, not 2xx: it redirects to /health/, and bench follows no redirect
    → Ask for where it leads: --request-path /health/
    If that is a good answer of your service: --expect-status 301.

    [redirect elsewhere]
    unfit: GET /health is answered with status 308, not 2xx: it redirects to https://shop.example/, and bench follows no redirect
    → If it leads to the service's own name, send that name: --header 'Host: …'. If it leads to https: --tls, with the port on which the service speaks TLS.
    If that is a good answer of your service: --expect-status 308.

    [refused]
    unfit: GET /health is answered with status 429, not 2xx (Retry-After: 60): the service refuses bench's requests
    → Switch its rate limit off while it is measured, or exempt the address of bench from it.

    [not found]
    unfit: GET /health is answered with status 404, not 2xx
    → Name a path that it serves: --request-path /…. If that is a good answer of your service: --expect-status 404.

    [credentials]
    unfit: GET /health is answered with status 401, not 2xx
    → Send credentials: --header Authorization, with the value in the variable AUTHORIZATION. If that is a good answer of your service: --expect-status 401.

    [broken]
    unfit: GET /health is answered with status 502, not 2xx
    → Its log says why; it may lack a service that it needs.

    [another status than named]
    unfit: GET /health is answered with status 200, not 201
    → If that is a good answer of your service: --expect-status 200.

    [teapot]
    unfit: GET /health is answered with status 418, not 2xx
    → If that is a good answer of your service: --expect-status 418.

    [not HTTP]
    unfit: bench cannot read the answer to GET /health: it is not HTTP/1.1 (Parse Error: Expected HTTP/)
    → bench measures services that speak HTTP/1.1. If this port speaks TLS: --tls. If it speaks only HTTP/2 or gRPC, name the port of HTTP/1.1: --port.

    [no TLS]
    unfit: GET /health: no TLS connection came about (write EPROTO 80:error:0A00010B:SSL routines:x:wrong version number)
    → If the service speaks plain HTTP on this port, leave out --tls. If it speaks TLS on another one, name that: --port.

    [silent]
    unfit: GET /health: none of 3 requests had a complete answer (no complete answer within 2.0 s)
    → Look at the service's log. A service that answers more slowly than in 2 s cannot be measured.
    "
  `);
  for (const [, change, request] of hopeless) expect(warned(change, request)).toBe('\n\n');
});

test('what comes from the service is no command for a shell, and nothing that a terminal obeys', () => {
  const text = stopped({ statuses: { 302: 50 }, location: '/x;rm -rf \u001b[2J' });
  expect(text).toContain('Ask for where it leads, with --request-path.');
  expect(text).toContain('\\u001b[2J');
});

test('a good status that is named is none to warn about', () => {
  const request = { ...asked, expectedStatus: 404 };
  expect(stopped({ statuses: { 404: 1_100 } }, request)).toBe('nothing');
  expect(warned({ statuses: { 404: 1_100 } }, request)).toBe('\n\n');
});

test('latencies: the median of all, and of the first and last tenth where there are enough', () => {
  expect(latenciesOf([])).toEqual({});
  expect(latenciesOf([3, 1, 2])).toEqual({ latency: { medianSeconds: 2 } });
  const falling = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(latenciesOf(falling)).toEqual({
    latency: { medianSeconds: 51, warmUp: { firstSeconds: 96, lastSeconds: 6 } },
  });
});

test('the usual survey sees that nginx ends a connection after 1,000 answers, in under 6 s and at 400 requests/s', () => {
  const order = usualSurvey('http://198.18.0.1:8080/', { method: 'GET', path: '/', headers: {} });
  expect(order.requests).toBeGreaterThan(1_000);
  expect(order.withinSeconds).toBeLessThanOrEqual(6);
  expect(order.requests / order.spreadSeconds).toBeLessThanOrEqual(400);
});
