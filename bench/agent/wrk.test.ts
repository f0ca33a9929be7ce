import { expect, test } from 'vitest';
import { parseWrk } from './wrk.ts';

/** wrk 4.1.0 of Debian 12, one thread, one connection. */
const said = (lines: string) => `Running 1s test @ http://127.0.0.1:8080/
  1 threads and 1 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    28.71us   12.44us   0.95ms   97.31%
    Req/Sec    33.86k     1.02k   35.06k    72.73%
  Latency Distribution
     50%   27.00us
     75%   29.00us
     90%   34.00us
     99%   57.00us
  37062 requests in 1.10s, 44.36MB read
${lines}Requests/sec:  33688.71
Transfer/sec:     40.32MB
`;

test('answers, their rate and the median latency are read', () => {
  expect(parseWrk(said(''))).toEqual({
    responses: 37_062,
    requestsPerSecond: 33_688.71,
    latencyP50Us: 27,
  });
  expect(parseWrk(said('').replace('50%   27.00us', '50%    1.33ms'))).toMatchObject({ latencyP50Us: 1330 });
});

test.each(['  Socket errors: connect 0, read 3, write 0, timeout 0\n', '  Non-2xx or 3xx responses: 12\n'])(
  'faults are no count: %s',
  (line) => {
    expect(() => parseWrk(said(line))).toThrow(line.trim());
  },
);

test('anything else is told as it is', () => {
  expect(() => parseWrk('unable to connect to 127.0.0.1:1 Connection refused\n')).toThrow(
    /unable to connect to 127\.0\.0\.1:1/,
  );
});
