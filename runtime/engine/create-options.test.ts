import { expect, test } from 'vitest';
import type { DeploymentOrder } from '../../bench/model/stage.ts';
import {
  agentSpec,
  holderSpec,
  inspectorSpec,
  type RunContext,
  serverSpec,
  startsOn,
} from '../stage/containers.ts';
import { orderFor } from '../stage/parts.fake.ts';
import { createOptions } from './create-options.ts';
import type { ContainerSpec } from './engine.ts';

const pair = { v4: '198.18.0.1', v6: 'fdbe::1' };
const run: RunContext = {
  image: 'bench-lab:1',
  prefix: 'bench-k3f9',
  labels: { 'bench.run': 'id' },
  cpus: { now: { kind: 'disjoint', serverCpus: '0', agentCpus: '1' } },
  networks: {
    link: { device: 'bench-k3f9', subnet: '198.18.0.0/24', host: pair, peer: pair },
    userBridge: {
      id: 'u1',
      name: 'bench-k3f9-user-bridge',
      device: 'bench-k3f9u',
      networks: pair,
      gateway: pair,
    },
    macvlan: { id: 'm1' },
  },
};
const server = (path: string, changes: Partial<DeploymentOrder> = {}) =>
  createOptions(serverSpec(orderFor(path, { environmentPaddingBytes: 0, ...changes }), run, 'h1'));

const gibibyte = 2 ** 30;
const leastPower = {
  CapDrop: ['ALL'],
  ReadonlyRootfs: true,
  Ulimits: [{ Name: 'nofile', Soft: 8192, Hard: 8192 }],
};
const serverPower = {
  ...leastPower,
  CapAdd: ['SETUID', 'SETGID', 'CHOWN'],
  SecurityOpt: ['no-new-privileges'],
  Tmpfs: { '/run/bench': 'mode=755,size=1048576', '/srv/bench': 'mode=755,size=1049600' },
  PidsLimit: 1024,
  Memory: 4 * gibibyte + 1024,
};
const given = { Image: 'bench-lab:1', Labels: { 'bench.run': 'id' } };
const attached = {
  OpenStdin: true,
  StdinOnce: true,
  AttachStdin: true,
  AttachStdout: true,
  AttachStderr: true,
};

test('a server on the bridge: the whole order', () => {
  expect(server('bridge/external/published')).toEqual({
    ...given,
    name: 'bench-k3f9-bridge',
    Cmd: [...['/opt/bench/bin/held.sh', '/opt/bench/bin/serve.sh'], ...['nginx', '1024', '0.0.0.0:8080']],
    Env: ['BENCH_PADDING='],
    ExposedPorts: { '8080/tcp': {} },
    HostConfig: {
      ...serverPower,
      NetworkMode: 'bridge',
      PortBindings: {
        '8080/tcp': [
          { HostIp: '198.18.0.1', HostPort: '20001' },
          { HostIp: '127.0.0.1', HostPort: '20001' },
        ],
      },
      CpusetCpus: '0',
      AutoRemove: false,
    },
  });
});

test('a server in host mode: the whole order', () => {
  expect(server('host/external')).toEqual({
    ...given,
    name: 'bench-k3f9-host',
    Cmd: ['/opt/bench/bin/serve.sh', 'nginx', '1024', '198.18.0.1:20001', '127.0.0.1:20001'],
    Env: ['BENCH_PADDING='],
    ExposedPorts: {},
    HostConfig: {
      ...serverPower,
      NetworkMode: 'host',
      UsernsMode: 'host',
      PortBindings: {},
      CpusetCpus: '0',
      AutoRemove: false,
    },
  });
});

test('a holder, a load agent and the inspector: the whole order', () => {
  const holder = createOptions(holderSpec(orderFor('mapped/external/published'), run));
  expect(holder).toEqual({
    ...given,
    name: 'bench-k3f9-mapped-holder',
    Cmd: ['sleep', 'infinity'],
    Env: [],
    ExposedPorts: { '8080/tcp': {} },
    HostConfig: {
      ...leastPower,
      CapAdd: [],
      SecurityOpt: ['no-new-privileges'],
      Tmpfs: {},
      PidsLimit: 16,
      Memory: 64 * 2 ** 20,
      NetworkMode: 'bridge',
      PortBindings: {
        '8080/tcp': [
          { HostIp: '198.18.0.1', HostPort: '20001' },
          { HostIp: '127.0.0.1', HostPort: '20001' },
        ],
      },
      CpusetCpus: '0',
      AutoRemove: false,
    },
  });
  expect(createOptions(agentSpec('external', startsOn.external, run))).toEqual({
    ...given,
    ...attached,
    name: 'bench-k3f9-agent-external',
    Cmd: ['/opt/bench/bin/node.sh', '/opt/bench/agent.mjs'],
    Env: [],
    ExposedPorts: {},
    HostConfig: {
      ...leastPower,
      CapAdd: [],
      SecurityOpt: ['no-new-privileges'],
      Tmpfs: {},
      PidsLimit: 128,
      Memory: 4 * gibibyte,
      NetworkMode: 'none',
      PortBindings: {},
      CpusetCpus: '1',
      AutoRemove: true,
    },
  });
  expect(createOptions(inspectorSpec(run))).toEqual({
    ...given,
    ...attached,
    name: 'bench-k3f9-inspector',
    Cmd: ['/opt/bench/bin/node.sh', '/opt/bench/inspector.mjs'],
    Env: ['XTABLES_LOCKFILE=/tmp/xtables.lock'],
    ExposedPorts: {},
    HostConfig: {
      ...leastPower,
      CapAdd: [
        ...['NET_ADMIN', 'NET_RAW', 'SYS_ADMIN', 'SYS_PTRACE', 'DAC_READ_SEARCH', 'SETPCAP', 'KILL'],
        ...['SETUID', 'SETGID', 'CHOWN'],
      ],
      SecurityOpt: [...['seccomp=unconfined', 'apparmor=unconfined', 'label=disable'], 'no-new-privileges'],
      Tmpfs: { '/tmp': 'mode=755,size=16777216' },
      PidsLimit: 8192,
      Memory: 16 * gibibyte,
      NetworkMode: 'host',
      UsernsMode: 'host',
      PidMode: 'host',
      CgroupnsMode: 'host',
      PortBindings: {},
      Binds: ['/sys/fs/cgroup:/host/cgroup:ro'],
      AutoRemove: true,
    },
  });
});

test('on every path: not privileged, the powers of a server, and nothing published on every address', () => {
  const paths = [
    ...['host/external', 'host/external/ipv6', 'host/neighbor', 'bridge/host/loopback'],
    ...['bridge/external/published', 'user-bridge/external/published/ipv6', 'user-bridge/neighbor/container'],
    ...['mapped/external/published', 'mapped/inside', 'none/inside', 'macvlan/external/container'],
  ];
  const orders = paths.flatMap((path) => [
    server(path),
    createOptions(holderSpec(orderFor(path, { nameSuffix: 'other' }), run)),
  ]);
  for (const { HostConfig, name } of orders) {
    expect(HostConfig, name).not.toHaveProperty('Privileged');
    expect(HostConfig, name).toMatchObject(leastPower);
    const addresses = Object.values(HostConfig.PortBindings).flatMap((bindings) =>
      bindings.map(({ HostIp }) => HostIp),
    );
    for (const address of addresses) expect(address, name).toMatch(/^(198\.18\.|127\.0\.|fdbe|::1$)/);
  }
});

test('a large body has room in memory, and a container without powers of its own is left to the engine', () => {
  const { HostConfig } = server('host/external', { bodyBytes: gibibyte });
  expect(HostConfig).toMatchObject({
    Tmpfs: { '/srv/bench': `mode=755,size=${gibibyte + 2 ** 20}` },
    Memory: 5 * gibibyte,
  });
  const users: ContainerSpec = {
    name: 'web',
    image: 'web:1',
    command: ['web'],
    labels: {},
    attachment: { kind: 'bridge' },
  };
  expect(createOptions(users).HostConfig).toEqual({
    NetworkMode: 'bridge',
    PortBindings: {},
    SecurityOpt: [],
    AutoRemove: false,
  });
});

test('name servers are those that a container is given', () => {
  const agent = agentSpec('external', startsOn.external, run);
  expect(createOptions(agent).HostConfig).not.toHaveProperty('Dns');
  expect(createOptions({ ...agent, dns: ['198.18.0.130'] }).HostConfig).toMatchObject({
    Dns: ['198.18.0.130'],
  });
});
