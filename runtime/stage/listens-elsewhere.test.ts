import { expect, test } from 'vitest';
import type { Listener } from '../../bench/model/network-stack.ts';
import { plainService } from '../../bench/model/service.fixture.ts';
import type { Service } from '../../bench/model/service.ts';
import { listensElsewhere } from './listens-elsewhere.ts';

const service = plainService;

function found(
  sockets: readonly string[],
  changes: Partial<Service> = {},
  port = service.port,
  byIpv6 = false,
) {
  const listeners = sockets.map((socket): Listener => {
    const at = socket.lastIndexOf(':');
    return { protocol: 'tcp', address: socket.slice(0, at), port: Number(socket.slice(at + 1)) };
  });
  const own = { ...service, ...changes };
  return listensElsewhere({
    name: 'app',
    service: own,
    port,
    byIpv6,
    listeners,
    withinSeconds: 60,
    lines: 'ready',
  });
}

test.each([['0.0.0.0:8080'], [':::8080'], ['172.17.0.2:8080']])(
  'one that listens on %s is where it was to be',
  (socket) => {
    expect(found([socket, '127.0.0.1:9000'])).toBeUndefined();
  },
);

test.each<[string, readonly string[], Partial<Service>, number, string, string]>([
  [
    'on another port',
    ['0.0.0.0:3000', ':::3000'],
    {},
    8080,
    'app listens on port 3000, and not on port 8080',
    'If that is where it answers: --port 3000.',
  ],
  [
    'on two others',
    ['0.0.0.0:3000', '0.0.0.0:9100'],
    {},
    8080,
    'app listens on port 3000 and port 9100, and not on port 8080',
    'If that is where it answers: --port 3000.',
  ],
  [
    'on loopback only',
    ['127.0.0.1:8080'],
    {},
    8080,
    'app listens on 127.0.0.1:8080 only, which no client outside its container reaches',
    'Let it listen at every address: 0.0.0.0.',
  ],
  [
    "nowhere: Docker's name server in its stack is not its own",
    ['127.0.0.11:40123'],
    {},
    8080,
    'app listens on no port 60 s after its start',
    'If it needs longer: --ready-seconds.',
  ],
  [
    'where its image says, although a variable told it another port',
    ['0.0.0.0:8080'],
    { portVariable: 'PORT' },
    23_456,
    'app listens on port 8080, and not on port 23456',
    'PORT told it port 23456, and it does not take that. Name the variable that it reads, or leave out --port-env.',
  ],
  [
    'where its image says, although its command told it another port',
    ['0.0.0.0:8080'],
    { command: ['app', '--port={port}'] },
    23_456,
    'app listens on port 8080, and not on port 23456',
    '{port} told it port 23456, and it does not take that. Check --command and --env.',
  ],
])('one that listens %s', (_, sockets, changes, port, message, advice) => {
  expect(found(sockets, changes, port)).toMatchObject({
    kind: 'casesFailed',
    message,
    hint: `${advice} Its last lines:\nready`,
  });
});

test('one that listens by IPv4 only is not reached over IPv6', () => {
  expect(found(['0.0.0.0:8080'], {}, 8080, true)).toMatchObject({
    message: 'app listens by IPv4 only, at 0.0.0.0:8080',
    hint: 'Let it listen at :: as well, or leave out the paths over IPv6. Its last lines:\nready',
  });
  expect(found(['0.0.0.0:8080', ':::8080'], {}, 8080, true)).toBeUndefined();
  expect(found(['127.0.0.1:8080'], {}, 8080, true)?.message).toContain('listens on 127.0.0.1:8080 only');
});
