import { expect, test } from 'vitest';
import { compose1, compose2, printed, shop } from './compose.fixture.ts';

const others = ['cache', 'db', 'migrate'];

test.each([
  ['1.29.2', compose1(), 'shop_web'],
  ['2.26.1', compose2(), 'shop-web'],
])('a service of a file is read as %s prints it', async (_, commander, image) => {
  const app = await shop(commander);
  expect(app).toMatchObject({
    file: '/home/user/shop/compose.yaml',
    service: 'web',
    image,
    ports: [8080, 9229],
    command: ['node', 'server.js', '--port', '8080', '--price', '$5'],
    user: '1000',
    others,
  });
  expect(app.environment).toEqual({
    DATABASE_URL: 'postgres://app:secret@db:5432/app',
    FROM_FILE: 'yes',
    MOTD: 'costs $5',
  });
  expect(app.mounts).toEqual([
    { source: '/home/user/shop/site', target: '/srv/site', writable: false },
    { source: 'uploads', target: '/srv/uploads', writable: true, ofRun: true },
  ]);
  expect(app.settings).toEqual({
    entrypoint: ['tini', '--'],
    workingDirectory: '/srv',
    hosts: ['a:1.2.3.4'],
    volumes: ['/var/cache'],
    temporary: { '/tmp': '' },
    init: true,
    readOnlyRoot: true,
    addedCapabilities: ['NET_ADMIN'],
    limits: [{ name: 'nofile', soft: 1024, hard: 1024 }],
    memoryBytes: 100 * 2 ** 20,
    sharedMemoryBytes: 64 * 2 ** 20,
    logging: { driver: 'json-file', options: { 'max-size': '1m' } },
  });
  expect(app.images).toEqual({
    web: { image, built: true },
    cache: { image: 'redis', built: false },
    db: { image: 'postgres:16', built: false },
    migrate: { image: 'postgres:16', built: false },
  });
  expect(app.differences).toEqual([
    'cache, db, migrate: started once, before round 1, and removed after the run',
    'db: no port is published',
    'instead of the networks back, front: one bridge network of the run, without the settings of the file',
    'volumes of the run, empty at its start: uploads, data',
    'left out of web: healthcheck (bench asks it until it answers), labels (its containers have the labels of bench), restart (each round starts it afresh), stop_grace_period (its containers are removed without a time to end)',
  ]);
});

test('a service that needs nothing has no others, and its usual network is no difference', async () => {
  const one = { image: 'a', networks: { default: null }, ports: [{ target: 80, protocol: 'tcp' }] };
  const networks = { default: { name: 'shop_default', ipam: {} } };
  const app = await shop(compose2(printed({ web: one }, { networks })));
  expect(app).toMatchObject({ others: [], differences: [], ports: [80], mounts: [] });
  expect(app.settings).toBeUndefined();
});

test("a directory that the file lets services write to is read-only: the user's own copy may write there", async () => {
  const bind = { type: 'bind', source: '/home/user/shop/data', target: '/data' };
  const web = { image: 'a', depends_on: { db: { condition: 'service_started' } }, volumes: [bind] };
  const app = await shop(compose2(printed({ web, db: { image: 'b', volumes: [bind] } })));
  expect(app.mounts).toEqual([{ source: bind.source, target: bind.target, writable: false }]);
  expect(app.differences).toEqual([
    'db: started once, before round 1, and removed after the run',
    'web sees /home/user/shop/data at /data read-only',
    'db sees /home/user/shop/data at /data read-only',
  ]);
});

const needsDb = { image: 'a', depends_on: { db: { condition: 'service_started' } } };
const external = { volumes: { data: { external: true, name: 'data' } } };
const onData = { type: 'volume', source: 'data', target: '/data' };

test.each([
  [
    { web: { image: 'a', network_mode: 'host' } },
    {},
    'web has network_mode: bench itself sets the network mode',
  ],
  [{ web: { image: 'a', deploy: { replicas: 3 } } }, {}, 'web has replicas: 3 containers share its load'],
  [{ web: { image: 'a', secrets: [{ source: 's' }] } }, {}, 'web has secrets: bench mounts no secrets'],
  [{ web: { image: 'a', flux: 1 } }, {}, 'web has flux: bench does not know this key'],
  [{ web: { image: 'a', volumes: [onData] } }, external, 'web uses the external volume data'],
  [
    { web: needsDb, db: { image: 'b', network_mode: 'host' } },
    {},
    'db has network_mode: it would not be on the network',
  ],
  [{ web: needsDb, db: { image: 'b', scale: 2 } }, {}, 'db has replicas: bench starts one of it'],
  [{ web: needsDb, db: { image: 'b', volumes: [onData] } }, external, 'db uses the external volume data'],
  [{ web: needsDb }, {}, 'web depends on db, which the file does not start'],
])('what cannot be kept is refused by name: %j', async (services, more, message) => {
  await expect(shop(compose2(printed(services, more)))).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringContaining(message),
    hint: expect.any(String),
  });
});

test('a service that another one can do without, and that the file does not start, is not waited for', async () => {
  const web = { image: 'a', depends_on: { db: { condition: 'service_started', required: false } } };
  expect((await shop(compose2(printed({ web })))).others).toEqual([]);
});

test('an unset key, as Compose 2 prints some, and an extension are nothing to refuse', async () => {
  const web = { image: 'a', command: null, entrypoint: null, secrets: null, 'x-team': 'shop' };
  expect((await shop(compose2(printed({ web })))).differences).toEqual([]);
});

test('a mistyped service, a broken file and a strange answer each say what to do', async () => {
  await expect(shop(compose1(), 'wen')).rejects.toMatchObject({
    kind: 'usage',
    message: '/home/user/shop/compose.yaml has no service wen',
    hint: 'did you mean "web"? Services: cache, db, migrate, web, worker',
  });
  const broken = compose2('', (line) =>
    / config /.test(line) ? { exitCode: 15, stderr: 'yaml: line 3' } : undefined,
  );
  await expect(shop(broken)).rejects.toMatchObject({ kind: 'unfit', message: /printed something/ });
  const failing = compose1(undefined, () => undefined);
  await expect(
    shop({
      ...failing,
      run: async (command, args) =>
        args.includes('config')
          ? { exitCode: 15, stdout: '', stderr: 'no such file' }
          : failing.run(command, args),
    }),
  ).rejects.toMatchObject({
    kind: 'usage',
    message: 'docker-compose could not read /home/user/shop/compose.yaml (exit code 15)',
    hint: 'It said:\nno such file',
  });
});
