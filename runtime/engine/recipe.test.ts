import { expect, test } from 'vitest';
import { recipeOf } from './recipe.ts';

/** As an engine describes `docker run --privileged --dns … -v data:/data` of an image with a volume, shortened. */
const inspected = {
  Name: '/web',
  Image: 'sha256:1f',
  Config: {
    Image: 'my/app:1',
    Cmd: ['serve'],
    Entrypoint: ['tini', '--'],
    Env: ['URL=a=b', 'EMPTY='],
    User: '',
    WorkingDir: '',
    ExposedPorts: { '8080/tcp': {}, '9000/udp': {} },
  },
  HostConfig: {
    Privileged: false,
    Devices: [],
    PidMode: '',
    PidsLimit: null,
    Sysctls: null,
    Dns: [],
    Memory: 0,
    ShmSize: 67108864,
    LogConfig: { Type: 'json-file', Config: {} },
  },
  Mounts: [
    {
      Type: 'volume',
      Name: 'data',
      Source: '/var/lib/docker/volumes/data/_data',
      Destination: '/data',
      RW: true,
    },
    { Type: 'volume', Name: 'ab'.repeat(32), Source: '/var/lib/docker/…', Destination: '/cache', RW: true },
    { Type: 'bind', Source: '/etc/app', Destination: '/etc/app', RW: false },
  ],
  NetworkSettings: { Networks: { bridge: {} } },
};

test("a container's own volumes are named by their paths, those with a name are mounts", () => {
  expect(recipeOf(inspected)).toEqual({
    name: 'web',
    image: 'my/app:1',
    imageId: 'sha256:1f',
    command: ['serve'],
    environment: { URL: 'a=b', EMPTY: '' },
    ports: [8080],
    mounts: [
      { source: 'data', target: '/data', writable: true },
      { source: '/etc/app', target: '/etc/app', writable: false },
    ],
    settings: {
      entrypoint: ['tini', '--'],
      volumes: ['/cache'],
      sharedMemoryBytes: 67108864,
      logging: { driver: 'json-file', options: {} },
    },
    networks: ['bridge'],
    beyond: [],
  });
});

test.each([
  ['Privileged', true],
  ['Devices', [{ PathOnHost: '/dev/fuse' }]],
  ['Sysctls', { 'net.core.somaxconn': '1024' }],
  ['Dns', ['10.0.0.1']],
  ['PidMode', 'host'],
  ['PidsLimit', 100],
])('what a copy would need and bench does not give is named: %s', (name, value) => {
  const HostConfig = { ...inspected.HostConfig, [name]: value };
  expect(recipeOf({ ...inspected, HostConfig }).beyond).toEqual([name]);
});
