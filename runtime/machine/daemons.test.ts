import { expect, test } from 'vitest';
import { daemonAddresses } from './daemons.ts';

test.each([
  [[], '', ['unix:///var/run/docker.sock']],
  [['-H', 'fd://', '--containerd=/run/containerd/containerd.sock'], '', ['unix:///var/run/docker.sock']],
  [['-H', 'unix:///run/a.sock', '--data-root', '/var/lib/a'], '', ['unix:///run/a.sock']],
  [
    ['--host=tcp://127.0.0.1:2375', '-Hunix:///run/b.sock'],
    '',
    ['tcp://127.0.0.1:2375', 'unix:///run/b.sock'],
  ],
  [[], '{"hosts":["unix:///run/c.sock"]}', ['unix:///run/c.sock']],
  [['-H=unix:///run/d.sock'], '{"hosts":["unix:///run/c.sock"]}', ['unix:///run/d.sock']],
  [[], '{"hosts":', ['unix:///var/run/docker.sock']],
])('dockerd %j with %j listens on %j', (args, config, addresses) => {
  expect(daemonAddresses(args, config)).toEqual(addresses);
});
