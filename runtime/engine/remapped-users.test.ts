import { expect, test } from 'vitest';
import { createOptions } from './create-options.ts';
import type { Attachment } from './engine.ts';

function usersOf(attachment: Attachment, joined?: string): string | undefined {
  const spec = { name: 'a', image: 'bench-lab:1', command: [], labels: {}, attachment };
  const { HostConfig } = createOptions(spec, joined);
  return 'UsernsMode' in HostConfig ? HostConfig.UsernsMode : undefined;
}

test("in the host's network stack a container has the host's users; in one of its own those that the engine gives", () => {
  expect(usersOf({ kind: 'host' })).toBe('host');
  expect(usersOf({ kind: 'bridge' })).toBeUndefined();
  expect(usersOf({ kind: 'none' })).toBeUndefined();
  expect(usersOf({ kind: 'network', id: 'n1' })).toBeUndefined();
});

test("in another container's network stack it has the users of that one", () => {
  expect(usersOf({ kind: 'container', id: 'c1' }, 'host')).toBe('host');
  expect(usersOf({ kind: 'container', id: 'c1' }, '')).toBeUndefined();
});
