import { expect, test } from 'vitest';
import { wrkFigures } from './wrk.ts';

const printed = `Running 1s test @ http://127.0.0.1:8080/
  1 threads and 1 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency    29.55us   16.15us   1.10ms   96.86%
    Req/Sec    33.61k     2.20k   35.61k    90.91%
  Latency Distribution
     50%   27.00us
     75%   30.00us
     90%   34.00us
     99%   60.00us
  36728 requests in 1.10s, 44.13MB read
Requests/sec:  33391.30
Transfer/sec:     40.12MB
`;

test('what wrk prints is read in microseconds', () => {
  const figures = wrkFigures(printed, 'cpu 0.100 0.500\n');
  expect(figures).toEqual({
    requestsPerSecond: 33391.3,
    cpuUsPerRequest: expect.closeTo(16.336, 3),
    medianUs: 27,
  });
  expect(wrkFigures(printed.replace('27.00us', '1.25ms'), 'cpu 0.100 0.500').medianUs).toBe(1250);
});

test('faults that wrk met are said, and so is a text that is not its own', () => {
  const failed = printed.replace('Requests/sec', '  Non-2xx or 3xx responses: 12\nRequests/sec');
  expect(() => wrkFigures(failed, 'cpu 0.1 0.5')).toThrow(
    'wrk reported faults: Non-2xx or 3xx responses: 12',
  );
  expect(() => wrkFigures('usage: wrk', 'cpu 0.1 0.5')).toThrow('unexpected output of wrk: usage: wrk');
});
