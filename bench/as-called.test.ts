import { expect, test } from 'vitest';
import { calledAs, spelledAs } from './as-called.ts';

const env = { PATH: '/usr/bin:/usr/local/bin' };
const directory = '/home/me/app';

test.each([
  ['/usr/local/bin/bench', 'bench'],
  ['/opt/tools/bench', '/opt/tools/bench'],
  ['/home/me/app/node_modules/.bin/bench', 'npx bench'],
  ['/home/me/.npm/_npx/1a2b3c/node_modules/.bin/bench', 'npx bench'],
  ['/home/me/app/dist/bench/main.js', 'node dist/bench/main.js'],
  ['/opt/bench/dist/bench/main.js', 'node /opt/bench/dist/bench/main.js'],
  ["/opt/it's new/main.js", "node '/opt/it'\\''s new/main.js'"],
])('%s was called as: %s', (script, called) => {
  expect(calledAs({ script, env, directory })).toBe(called);
});

test('commands in a text are spelled as bench was called, and nothing else is', () => {
  const spelled = spelledAs('npx bench');
  expect(spelled('Run `bench clean`, then sudo npx bench doctor; bench COMMAND --help.')).toBe(
    'Run `npx bench clean`, then sudo npx bench doctor; npx bench COMMAND --help.',
  );
  for (const other of [
    'another bench run 20261120T093220Z-k3f9 (pid 4242) is measuring',
    "bench: bench's own engine",
    'bench runs as root',
    'results/bench run',
    'comment "bench-run"',
  ]) {
    expect(spelled(other)).toBe(other);
  }
  expect(spelledAs('bench')('sudo npx bench clean')).toBe('sudo bench clean');
});
