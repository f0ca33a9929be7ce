import { expect, test } from 'vitest';
import type { Service } from '../../bench/model/service.ts';
import { fakeParts, orderFor } from './parts.fake.ts';
import { startStage } from './start-stage.ts';

const service: Service = {
  name: 'app',
  image: 'bench-lab:fake',
  port: 3000,
  portVariable: 'PORT',
  environment: ['SECRET', 'URL=http://localhost:{port}/', 'UNSET'],
  mounts: [
    { source: './site', target: '/srv/site', writable: false },
    { source: '/data', target: '/data', writable: true },
    { source: 'cache', target: '/cache', writable: false },
  ],
  command: ['serve', '--port={port}'],
  user: '1000:1000',
  pull: 'missing',
  readyPath: '/ready',
  readySeconds: 60,
};

/** What the container of a service is asked to be, in one mode, and what its stage did. */
async function created(path: string, changes: Partial<Service> = {}) {
  const parts = fakeParts();
  const caller = { env: { SECRET: 'of-a-secret', BENCH_OTHER: 'not for it' }, directory: '/home/user' };
  await using stage = await startStage({
    ...parts.options,
    needs: { vantages: ['external'], servers: ['host', 'bridge'], ipv6: false },
    caller,
  });
  await stage.deploy([orderFor(path, { service: { ...service, ...changes }, hostPort: 20_001 })]);
  return { spec: parts.specs.get(`bench-k3f9-${path.split('/')[0]}`), journal: parts.journal };
}

test('in its own stack a service listens on the port of its image, published at the drawn one', async () => {
  const { spec, journal } = await created('bridge/external/published');
  expect(spec).toMatchObject({
    image: 'bench-lab:fake',
    command: ['serve', '--port=3000'],
    user: '1000:1000',
    environment: { SECRET: 'of-a-secret', URL: 'http://localhost:3000/', PORT: '3000' },
    binds: ['/home/user/site:/srv/site:ro', '/data:/data:rw', 'cache:/cache:ro'],
    publish: [{ containerPort: 3000, hostPort: 20_001 }],
  });
  expect(spec?.environment).not.toHaveProperty('UNSET');
  expect(spec?.environment).not.toHaveProperty('BENCH_OTHER');
  // It runs with the powers that the engine gives every container, and is started at once.
  expect(spec?.powers).toBeUndefined();
  expect(journal.filter((line) => line.includes('open-gate'))).toEqual([]);
  expect(journal).toContain('bench-k3f9-agent-external probe http://198.18.0.1:20001/ready');
});

test("in the host's stack it is told the drawn port, and the guard keeps that port at every address", async () => {
  const { spec, journal } = await created('host/external');
  expect(spec).toMatchObject({
    attachment: { kind: 'host' },
    command: ['serve', '--port=20001'],
    environment: { URL: 'http://localhost:20001/', PORT: '20001' },
  });
  expect(spec?.publish).toBeUndefined();
  expect(journal).toContain('inspector guard-places 20001');
});

test("without a command and a user the image's own are left as they are", async () => {
  const { command: _, user: __, ...plain } = service;
  const parts = fakeParts();
  await using stage = await startStage({
    ...parts.options,
    needs: { vantages: ['external'], servers: ['bridge'], ipv6: false },
  });
  await stage.deploy([orderFor('bridge/external/published', { service: plain })]);
  const spec = parts.specs.get('bench-k3f9-bridge');
  expect(spec?.command).toEqual([]);
  expect(spec).not.toHaveProperty('user');
});
