import { expect, test } from 'vitest';
import type { Composed, Copied } from '../model/described.ts';
import { planSchema } from '../model/plan.ts';
import { canTellPort, environmentOf } from '../model/service.ts';
import { planDeployments, planShifts } from './cases.ts';
import { planCommand } from './plan-command.ts';
import { planLayers } from './plan-layers.ts';
import { failure, plan } from './planned.fixture.ts';
import { composeAsked, containerAsked } from './resolve-plan.ts';

const app = { image: 'reg.example:5000/my/app:1.2', port: '8080' };

test('an image and its port are enough: one server, under the name of the image, asked for /', () => {
  const resolved = plan({ flags: app });
  expect(planSchema.parse(resolved)).toEqual(resolved);
  expect(resolved.servers).toEqual(['app']);
  expect(resolved.service).toEqual({
    name: 'app',
    image: 'reg.example:5000/my/app:1.2',
    port: 8080,
    environment: [],
    mounts: [],
    pull: 'missing',
    readyPath: '/',
    readySeconds: 60,
  });
  expect(resolved.request).toEqual({ method: 'GET', path: '/', headers: {} });
});

test('all that a service is given gets into the plan, and its command repeats it', () => {
  const flags = {
    ...app,
    name: 'shop',
    portEnv: 'PORT',
    env: ['LOG=warn level', 'API_KEY'],
    mount: ['./site:/srv/site', 'data:/data:rw'],
    command: `node server.js --title "a b" --port {port}`,
    user: '1000:1000',
    requestPath: '/search?q=1',
    header: ['Accept: application/json', 'X-Empty:'],
    requestBody: '{"q": 1}',
    expectStatus: '201',
    readyPath: '/ready',
  };
  const resolved = plan({ flags });
  expect(resolved.service).toMatchObject({
    name: 'shop',
    portVariable: 'PORT',
    environment: ['LOG=warn level', 'API_KEY'],
    mounts: [
      { source: './site', target: '/srv/site', writable: false },
      { source: 'data', target: '/data', writable: true },
    ],
    command: ['node', 'server.js', '--title', 'a b', '--port', '{port}'],
    user: '1000:1000',
    readyPath: '/ready',
  });
  expect(resolved.request).toEqual({
    method: 'POST',
    path: '/search?q=1',
    headers: { Accept: 'application/json', 'X-Empty': '' },
    body: '{"q": 1}',
    expectedStatus: 201,
  });
  const command = planCommand(resolved);
  expect(command).toContain(
    `--env 'LOG=warn level' --env API_KEY --mount ./site:/srv/site --mount data:/data:rw`,
  );
  expect(command).toContain(`--request-body '{"q": 1}'`);
  expect(command).toContain("--request-path '/search?q=1'");
  expect(command).not.toContain('--server');
});

test.each([
  [{ image: 'my/app' }, '--image my/app: on which port does it listen?'],
  [{ port: '80' }, '--port is for a service of yours, and the plan has none'],
  [{ ...app, server: 'nginx', user: '1' }, undefined],
  [{ ...app, path: 'native/external' }, 'native/external cannot be measured with --image'],
  [{ ...app, sharedPort: true }, "--shared-port is for bench's own servers"],
  [{ ...app, mapTo: 'web' }, "--map-to is for bench's own servers"],
  [{ ...app, port: '70000' }, '--port: 70000 is not a port from 1 to 65535'],
  [{ ...app, mount: ['site'] }, '--mount: "site" is not source:target, or source:target:rw'],
  [
    { ...app, header: ['connection: close'] },
    '--header: connection is sent by bench itself: bench keeps connections open as long as the service does',
  ],
  [{ ...app, header: ['Content-Length: 5'] }, '--header: Content-Length is sent by bench itself'],
  [{ ...app, header: ['Accept: a', 'accept: b'] }, '--header: accept is given twice'],
  [{ ...app, header: ['Accept: a', 'Accept'] }, '--header: Accept is given twice'],
  [{ ...app, requestPath: 'health' }, '--request-path: "health" is not a path that begins with /'],
  [{ ...app, pull: 'allways' }, 'unknown pull "allways"'],
  [{ ...app, expectStatus: '99' }, '--expect-status: 99 is not a status from 200 to 599'],
])('%j answers: %s', (flags, message) => {
  if (message === undefined) {
    expect(failure({ flags }).message).toContain('--server and --image');
    return;
  }
  expect(failure({ flags })).toMatchObject({ kind: 'usage', message: expect.stringContaining(message) });
});

test.each([
  [{ method: 'get' }, 'The nearest is GET.'],
  [{ requestPath: 'health' }, 'The nearest is /health.'],
  [{ readyPath: 'ready' }, 'The nearest is /ready.'],
])('%j is refused with what was probably meant', (flags, hint) => {
  expect(failure({ flags: { ...app, ...flags } }).hint).toContain(hint);
});

test('a command with a quote that is not closed is refused', () => {
  const refused = failure({ flags: { ...app, command: `node -e "process.exit()` } });
  expect(refused).toMatchObject({
    kind: 'usage',
    message: expect.stringContaining('is not a command with its quotes closed'),
  });
  const { service } = plan({ flags: { ...app, command: `echo "it's" 'a "b"'` } });
  expect(service?.command).toEqual(['echo', "it's", 'a "b"']);
});

test('a variable of texts has one of them in each line, as a flag may be repeated', () => {
  const env = {
    BENCH_ENV: 'LOG=warn level\nLIST=a,b\n',
    BENCH_HEADER: 'Accept: text/html, */*\n\nX-Kind: a',
    BENCH_MOUNT: './site:/srv/site',
  };
  const { service, request } = plan({ flags: app, env });
  expect(service?.environment).toEqual(['LOG=warn level', 'LIST=a,b']);
  expect(service?.mounts).toEqual([{ source: './site', target: '/srv/site', writable: false }]);
  expect(request?.headers).toEqual({ Accept: 'text/html, */*', 'X-Kind': 'a' });
});

test('a server named by a flag is measured instead of the service of a config', () => {
  const config = { image: 'my/app', port: 80 };
  expect(plan({ config }).servers).toEqual(['app']);
  const own = plan({ config, flags: { server: 'nginx' } });
  expect(own.servers).toEqual(['nginx']);
  expect(own.service).toBeUndefined();
});

test('the port gets into command and environment; a variable without value takes the own one', () => {
  const { service } = plan({
    flags: { ...app, portEnv: 'PORT', env: ['URL=http://[::]:{port}', 'KEY', 'GONE'] },
  });
  if (service === undefined) throw new Error('no service');
  expect(environmentOf(service, 20_001, { own: { KEY: 'secret', OTHER: 'x' }, described: {} })).toEqual({
    URL: 'http://[::]:20001',
    KEY: 'secret',
    PORT: '20001',
  });
});

test('a service that cannot be told its port runs once at a time in the stack of the host', () => {
  const fixed = plan({ flags: { ...app, path: ['bridge/external/published', 'bridge/host/container'] } });
  expect(fixed.service && canTellPort(fixed.service)).toBe(false);
  const shifts = planShifts(fixed);
  expect(shifts.map((shift) => shift.map(({ path, role }) => `${role} ${path}`))).toEqual([
    ['baseline host/external', 'contender bridge/external/published'],
    ['twin host/external'],
    ['baseline host/host', 'contender bridge/host/container'],
    ['twin host/host'],
  ]);
  expect(shifts.flat()).toHaveLength(planDeployments(fixed).length);
  for (const told of [{ portEnv: 'PORT' }, { command: 'serve {port}' }, { env: ['P={port}'] }]) {
    expect(planShifts(plan({ flags: { ...app, ...told } }))).toHaveLength(1);
  }
});

const fromFile = { compose: 'compose.yaml', service: 'web' };
const composed: Composed = {
  file: '/home/user/shop/compose.yaml',
  service: 'web',
  image: 'shop-web',
  ports: [8080],
  environment: { URL: 'postgres://app:secret@db/app', LOG: 'debug' },
  mounts: [
    { source: '/home/user/shop/site', target: '/site', writable: false },
    { source: 'uploads', target: '/uploads', writable: true, ofRun: true },
  ],
  command: ['serve'],
  user: '1000',
  settings: { init: true },
  others: ['db'],
  differences: ['db: no port is published'],
};

test('a service of a Compose file: its network is compared with host mode, and its values stay out of the record', () => {
  const resolved = plan({ flags: fromFile, composed });
  expect(planSchema.parse(resolved)).toEqual(resolved);
  expect(resolved.comparisons).toEqual([
    { baseline: 'host/external', contenders: ['user-bridge/external/published'] },
  ]);
  expect(resolved.service).toMatchObject({
    name: 'web',
    image: 'shop-web',
    port: 8080,
    command: ['serve'],
    user: '1000',
    environment: [],
    mounts: composed.mounts,
    settings: { init: true },
    compose: { file: composed.file, service: 'web', variables: ['URL', 'LOG'], others: ['db'] },
  });
  expect(JSON.stringify(resolved)).not.toContain('secret');
  const command = planCommand(resolved);
  expect(command).toContain('--compose /home/user/shop/compose.yaml --service web');
  expect(command).not.toMatch(/--image|--env|uploads/);
  const { service } = resolved;
  const values = { own: {}, described: composed.environment };
  expect(service && environmentOf(service, 8080, values)).toEqual(composed.environment);
});

test('options of the command line change a service of a Compose file', () => {
  const flags = {
    ...fromFile,
    name: 'shop',
    port: '9000',
    env: ['LOG=warn'],
    mount: ['/tmp/site:/site:rw'],
    command: 'serve --fast',
    user: '0',
  };
  const { service } = plan({ flags, composed });
  expect(service).toMatchObject({ name: 'shop', port: 9000, command: ['serve', '--fast'], user: '0' });
  expect(service?.mounts).toEqual([
    { source: 'uploads', target: '/uploads', writable: true, ofRun: true },
    { source: '/tmp/site', target: '/site', writable: true },
  ]);
  const values = { own: {}, described: composed.environment };
  expect(service && environmentOf(service, 9000, values)).toEqual({ ...composed.environment, LOG: 'warn' });
});

test.each([
  [
    { mode: ['bridge'] },
    composed,
    "bridge/external/published cannot be measured with --compose /home/user/shop/compose.yaml: bridge is Docker's default bridge",
  ],
  [{ path: ['mapped/inside'] }, composed, 'Compose starts nothing in the mode mapped'],
  [{}, { ...composed, ports: [80, 443] }, 'on which port does web answer? It declares the ports 80, 443'],
  [{}, { ...composed, ports: [] }, 'It declares no port'],
  [{ image: 'a' }, composed, '--image and --compose are both given: one of them is measured'],
  [{ server: 'nginx' }, composed, '--server and --compose are both given'],
  [{ sharedPort: true }, composed, "--shared-port is for bench's own servers"],
])('what does not suit a Compose file is refused: %j', (flags, read, message) => {
  const refused = failure({ flags: { ...fromFile, ...flags }, composed: read });
  expect(refused).toMatchObject({ kind: 'usage', message: expect.stringContaining(message) });
  expect(refused.hint).toBeDefined();
});

test('which service a plan needs read is known before: by the highest source that says what is measured', () => {
  expect(composeAsked(planLayers({ flags: fromFile, env: {} }))).toEqual({
    file: 'compose.yaml',
    service: 'web',
  });
  const config = { compose: 'compose.yaml', composeService: 'web' };
  expect(composeAsked(planLayers({ flags: {}, env: {}, config }))).toEqual({
    file: 'compose.yaml',
    service: 'web',
  });
  expect(composeAsked(planLayers({ flags: { server: 'nginx' }, env: {}, config }))).toBeUndefined();
  expect(() => composeAsked(planLayers({ flags: { compose: 'compose.yaml' }, env: {} }))).toThrow(
    '--compose compose.yaml: which of its services is measured?',
  );
  expect(failure({ flags: { service: 'web' } }).message).toBe(
    '--service is for a service of yours, and the plan has none',
  );
  expect(failure({ flags: { ...app, service: 'web' } }).message).toBe(
    '--service is for a Compose file, and --image is measured',
  );
});

const fromContainer = { container: 'web', copy: true };
const copied: Copied = {
  container: 'web',
  image: 'my/app:1',
  ports: [8080],
  environment: { URL: 'postgres://app:secret@db/app' },
  mounts: [
    { source: '/home/user/site', target: '/site', writable: false },
    { source: 'data', target: '/data', writable: true },
  ],
  command: ['serve'],
  user: '1000',
  settings: { init: true },
  differences: ['without its name'],
};

test('copies of a container are measured as an image is, and its values stay out of the record', () => {
  const flags = { ...fromContainer, mount: ['/tmp/data:/data:rw'] };
  const resolved = plan({ flags, copied });
  expect(planSchema.parse(resolved)).toEqual(resolved);
  expect(resolved.comparisons[0]?.contenders).toEqual([
    'bridge/external/published',
    'mapped/external/published',
  ]);
  expect(resolved.service).toMatchObject({
    name: 'web',
    image: 'my/app:1',
    port: 8080,
    mounts: [copied.mounts[0], { source: '/tmp/data', target: '/data', writable: true }],
    copy: { container: 'web', variables: ['URL'], differences: ['without its name'] },
  });
  expect(JSON.stringify(resolved)).not.toContain('secret');
  const command = planCommand(resolved);
  expect(command).toContain('--container web --copy true');
  expect(command).not.toMatch(/--image|--env/);
  const { service } = resolved;
  const values = { own: {}, described: copied.environment };
  expect(service && environmentOf(service, 8080, values)).toEqual(copied.environment);
});

test('a container that writes where its copies would write too is refused, unless they get another place', () => {
  const refused = failure({ flags: fromContainer, copied });
  expect(refused).toMatchObject({
    kind: 'usage',
    message: '--container web writes to data at /data, and its copies would write there too',
    hint: expect.stringContaining('--mount OTHER:/data:rw'),
  });
  const reading = plan({ flags: { ...fromContainer, mount: ['data:/data'] }, copied });
  expect(reading.service?.mounts.at(-1)).toEqual({ source: 'data', target: '/data', writable: false });
});

test('load on a container itself needs a rate; options that belong to another kind of service are refused', () => {
  expect(containerAsked(planLayers({ flags: fromContainer, env: {} }))).toEqual({
    container: 'web',
    copy: true,
  });
  expect(containerAsked(planLayers({ flags: { container: 'web', rate: '50' }, env: {} }))).toEqual({
    container: 'web',
    copy: false,
  });
  expect(containerAsked(planLayers({ flags: app, env: {} }))).toBeUndefined();
  for (const rate of [{}, { rate: 'auto' }]) {
    expect(() => containerAsked(planLayers({ flags: { container: 'web', ...rate }, env: {} }))).toThrow(
      '--container web: at which rate may bench send requests to it?',
    );
  }
  expect(failure({ flags: { ...app, copy: true } }).message).toBe(
    '--copy is for a --container, and --image is measured',
  );
  expect(failure({ flags: { copy: true } }).message).toBe(
    '--copy is for a service of yours, and the plan has none',
  );
  expect(failure({ flags: { ...fromContainer, image: 'a' }, copied }).message).toBe(
    '--image and --container are both given: one of them is measured',
  );
  expect(failure({ flags: { ...fromContainer, service: 'a' }, copied }).message).toBe(
    '--service is for a Compose file, and --container is measured',
  );
});
