import { expect, test } from 'vitest';
import { pathName } from './path-words.ts';
import { servicePlan } from './service-plan.fixture.ts';

test('a published port is that of the server: 80 of a web server, its own of a service', () => {
  expect(pathName('bridge/external/published', {})).toEqual({ mode: 'bridge', hint: '-p 80:80' });
  expect(pathName('bridge/external/published', servicePlan)).toEqual({
    mode: 'bridge',
    hint: '-p 8080:8080',
  });
  expect(pathName('host/external', servicePlan).hint).toBe('--network host');
});
