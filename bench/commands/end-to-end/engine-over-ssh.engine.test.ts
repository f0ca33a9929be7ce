import { expect, test } from 'vitest';
import { startBench } from './bench-process.fixture.ts';

test('an engine over SSH: that its host key is not checked is said; what a library deprecates is not', async () => {
  const env = { DOCKER_HOST: 'ssh://root@127.0.0.1:1' };
  const { exitCode, stderr } = await startBench(['setup'], import.meta.dirname, env).ended;
  expect(exitCode).toBe(3);
  expect(stderr.split('\n')[0]).toBe('warning: the host key of ssh://root@127.0.0.1:1 is not checked');
  expect(stderr).toContain('does not read ~/.ssh/config');
  expect(stderr).not.toMatch(/DeprecationWarning|trace-deprecation/);
});
