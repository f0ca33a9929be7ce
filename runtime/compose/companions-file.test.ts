import { expect, test } from 'vitest';
import { companionsFile } from './companions-file.ts';
import { compose1, compose2, printed, shop } from './compose.fixture.ts';

const labels = { run: 'r', owner: 'o' };
const place = { prefix: 'bench-k3f9', labels, image: 'bench-lab:1', network: 'bench-k3f9-user-bridge' };

test('the others are started under names, labels, volumes and on the network of the run', async () => {
  const app = await shop(compose1());
  expect(companionsFile(app, place)).toEqual({
    services: {
      cache: {
        image: 'redis',
        container_name: 'bench-k3f9-with-cache',
        labels,
        networks: { run: { aliases: ['cache', 'redis'] } },
      },
      db: {
        image: 'postgres:16',
        container_name: 'bench-k3f9-with-db',
        environment: { POSTGRES_PASSWORD: 'x' },
        labels,
        networks: { run: { aliases: ['db', 'mydb', 'database'] } },
        volumes: ['data:/var/lib/postgresql/data:rw'],
      },
      migrate: {
        image: 'postgres:16',
        container_name: 'bench-k3f9-with-migrate',
        command: 'psql',
        labels,
        networks: { run: { aliases: ['migrate'] } },
        depends_on: { db: { condition: 'service_started' } },
      },
      'bench-ready': {
        image: 'bench-lab:1',
        command: ['true'],
        container_name: 'bench-k3f9-with-ready',
        labels,
        network_mode: 'none',
        volumes: ['uploads:/volumes/0'],
        depends_on: {
          cache: { condition: 'service_started' },
          db: { condition: 'service_healthy' },
          migrate: { condition: 'service_completed_successfully' },
        },
      },
    },
    networks: { run: { external: true, name: 'bench-k3f9-user-bridge' } },
    volumes: {
      uploads: { name: 'bench-k3f9-uploads', labels },
      data: { driver_opts: {}, name: 'bench-k3f9-data', labels },
    },
  });
});

test('nothing of the others touches the machine: no port, no restart, no directory to write to', async () => {
  const db = {
    image: 'b',
    restart: 'always',
    ports: [{ target: 5432, published: '5432' }],
    volumes: [{ type: 'bind', source: '/home/user/shop/data', target: '/data' }],
    environment: { PRICE: '$$5' },
  };
  const web = { image: 'a', depends_on: { db: { condition: 'service_started' } } };
  const { services } = companionsFile(await shop(compose2(printed({ web, db }))), place);
  expect(services).toMatchObject({
    db: {
      volumes: [{ type: 'bind', source: '/home/user/shop/data', target: '/data', read_only: true }],
      // As Compose printed it: it reads two dollars as one.
      environment: { PRICE: '$$5' },
    },
  });
  expect(JSON.stringify(services)).not.toMatch(/restart|5432|pull_policy/);
});
