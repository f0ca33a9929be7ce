import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { callPatience } from './call-deadline.ts';
import { connectDockerode } from './dockerode.ts';
import { info, listening, version } from './engine-answers.fixture.ts';

/** An engine that hangs after /info, each in its own way. */
const hanging: readonly [string, (response: ServerResponse) => void][] = [
  ['never answers', () => {}],
  [
    'drips bytes without end',
    (response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 5);
      response.on('close', () => clearInterval(drip));
    },
  ],
  [
    'breaks off in the middle of an answer',
    (response) => {
      response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 100 });
      response.write('[{"Id":', () => response.destroy());
    },
  ],
];

test.each(hanging)('an engine that %s: the call is given up, every kind of it', async (_, hang) => {
  const open = new Set<unknown>();
  const { endpoint } = await listening({ '/version': version, '/info': info }, (_request, response) => {
    open.add(response);
    response.on('close', () => open.delete(response));
    hang(response);
  });
  const engine = await connectDockerode(endpoint, 10, { callSeconds: 0.1, afterSilenceSeconds: 0.05 });
  const spec = {
    name: 'bench-web',
    image: 'bench-lab:1',
    command: [],
    labels: {},
    attachment: { kind: 'bridge' },
  } as const;
  const silent = (what: string, seconds: number) => ({
    kind: 'partial',
    message: `the engine at ${endpoint.url} stopped answering when bench tried to ${what}: no complete answer within ${seconds} s`,
    hint: expect.stringContaining('bench clean'),
  });
  await expect(engine.containers('bench.run')).rejects.toMatchObject(silent('list containers', 0.1));
  // Whoever has waited once does not wait as long for the rest: a clean-up has many calls.
  await expect(engine.create(spec)).rejects.toMatchObject(silent('create bench-web', 0.05));
  await expect(engine.inspect('0123456789abcdef')).rejects.toMatchObject(
    silent('inspect 0123456789ab', 0.05),
  );
  await expect(engine.remove('0123456789abcdef')).rejects.toMatchObject(silent('remove 0123456789ab', 0.05));
  await expect(engine.imageExists('bench-lab:1')).rejects.toMatchObject(
    silent('look for the image bench-lab:1', 0.05),
  );
  expect(await engine.lastLines('0123456789abcdef', 3)).toBe('');
  await expect.poll(() => open.size).toBe(0); // a connection that stays would keep the process from ending
});

test('an engine that hangs while a container is attached to is given up', async () => {
  const { endpoint } = await listening({ '/version': version, '/info': info }, (request, response) => {
    if (request.url?.includes('/containers/create') === true) response.writeHead(201).end('{"Id":"c1"}');
  });
  const engine = await connectDockerode(endpoint, 10, { callSeconds: 0.1, afterSilenceSeconds: 0.05 });
  const spec = {
    name: 'bench-agent',
    image: 'bench-lab:1',
    command: [],
    labels: {},
    attachment: { kind: 'none' },
    attached: true,
  } as const;
  await expect(engine.create(spec)).rejects.toMatchObject({
    kind: 'partial',
    message: expect.stringContaining(
      'when bench tried to attach to bench-agent: no complete answer within 0.1 s',
    ),
  });
});

test('a container whose removal is under way is gone when its removal resolves: its networks can go then', async () => {
  let removed = false;
  const { endpoint, asked } = await listening({ '/version': version, '/info': info }, (request, response) => {
    if (request.method === 'DELETE') {
      response.writeHead(409, { 'Content-Type': 'application/json' });
      response.end('{"message":"removal of container 0123456789ab is already in progress"}');
      return;
    }
    setTimeout(() => {
      removed = true;
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"StatusCode":0}');
    }, 50);
  });
  const engine = await connectDockerode(endpoint);
  await engine.remove('0123456789abcdef');
  expect(removed).toBe(true);
  expect(asked.at(-1)).toMatch(/containers\/0123456789abcdef\/wait\?condition=removed$/);
});

test('nobody waits long for a hanging engine once the user has interrupted, not in a call that waits already', async () => {
  const { endpoint, asked } = await listening({ '/version': version, '/info': info }, () => {});
  const interruption = new AbortController();
  const engine = await connectDockerode(endpoint, 10, callPatience(3600, interruption.signal));
  const waiting = engine.containers();
  const interrupted = { exitCode: 130, message: expect.stringContaining('the engine did not answer within') };
  const given = expect(waiting).rejects.toMatchObject(interrupted);
  await expect.poll(() => asked.at(-1)).toContain('/containers/json');
  interruption.abort();
  await given;
  await expect(engine.containers()).rejects.toMatchObject(interrupted);
});
