import { expect, test } from 'vitest';
import { bench } from '../../cli.fixture.ts';
import type { Composed, Copied, Running } from '../../model/described.ts';
import { planDuration } from '../../plan/plan-duration.ts';
import { plan } from '../../plan/planned.fixture.ts';
import { planCreations } from './plan-needs.ts';
import { planHead, planText } from './plan-text.ts';

const composed: Composed = {
  file: '/shop/compose.yaml',
  service: 'web',
  image: 'shop-web',
  ports: [8080],
  environment: {},
  mounts: [],
  others: ['db', 'cache'],
  differences: ['db: no port is published'],
};
const copied: Copied = {
  container: 'web',
  image: 'my/app:1',
  ports: [8080],
  environment: {},
  mounts: [],
  differences: ['without its name'],
};

const running: Running = {
  container: 'web',
  image: 'my/app:1',
  mode: 'bridge',
  ports: [8080],
  published: [{ containerPort: 8080, hostAddress: '0.0.0.0', hostPort: 80 }],
};

/** The first lines of a plan, as far as they are about the service. */
function said(sources: Parameters<typeof plan>[0]): readonly string[] {
  const resolved = plan(sources);
  const lines = planHead(resolved, planDuration(resolved)).split('\n');
  return lines.slice(
    0,
    lines.findIndex((line) => line.includes(' under ')),
  );
}

test('a plan says what runs beside a service of a Compose file, and what differs from docker compose up', () => {
  const flags = { compose: 'compose.yaml', service: 'web', portEnv: 'PORT' };
  expect(said({ flags, composed })).toEqual([
    '  web: web of /shop/compose.yaml, image shop-web, asked GET / on port 8080',
    '    as docker compose up starts it, but for its network mode, published ports, CPUs, name and labels',
    '    db: no port is published',
    "    in host mode it finds db, cache by /etc/hosts, else by Docker's name server",
    '    with --port-env PORT',
  ]);
  // With the others comes the container that waits for them, and the bridge that they are on in host mode too.
  const creations = planCreations(plan({ flags: { ...flags, mode: ['host'] }, composed }));
  expect(creations).toMatchObject({ companions: 3, containers: { run: 5, round: 2 } });
  expect(creations.networks.map(({ kind }) => kind)).toEqual(['veth-link', 'user-bridge']);
});

test('a plan says that the container which is copied gets no load, and what its copies are without', () => {
  const flags = { container: 'web', copy: true, portEnv: 'PORT' };
  expect(said({ flags, copied })).toEqual([
    '  web: copies of the container web, which itself gets no load; image my/app:1, asked GET / on port 8080',
    '    without its name',
    '    with --port-env PORT',
  ]);
});

test('a plan says what a service is given, and which value is recorded nowhere', () => {
  const flags = {
    ...{ image: 'app', port: '80', env: ['LOG=warn level'], command: 'serve --port {port}', user: '1000' },
    header: ['Accept: a', 'Authorization: Bearer b'],
  };
  expect(said({ flags }).at(-1)).toBe(
    "    with --env 'LOG=warn level' --command 'serve --port {port}' --user 1000 --header 'Accept: a' --header Authorization (the value of Authorization is recorded nowhere)",
  );
  expect(said({ flags: { image: 'app', port: '80', portEnv: 'PORT' } }).at(-1)).toBe(
    '    with --port-env PORT',
  );
});

test('a plan says beforehand all that a running container will get, and that nothing is made for it', () => {
  const sources = { flags: { container: 'web', rate: '50', header: ['Cookie: a=b'] }, running };
  const resolved = plan(sources);
  const duration = planDuration(resolved);
  const text = planText(resolved, duration, {
    ...{ guard: false, install: false, chosen: undefined, sources: [], verbose: false },
  });
  expect(said(sources)).toEqual([
    '  web: the running container web, asked GET / on port 8080; nothing about it is changed',
    '    its other clients add to its CPU time and to the counters of its port, so no counter is checked to stay flat',
    '    with --header Cookie (the value of Cookie is recorded nowhere)',
    '  it gets 50 requests/s for 2 min of load: 6,000 requests in all',
    '    on 5 connections at a time, of 25 that are open',
    '    and 102 single requests, one after the other, that check its paths',
  ]);
  expect(text).toContain(
    "  bridge/host/published against bridge/host/container, the container's own address, which is measured twice (noise check)\n" +
      '  bridge/external/published, measured twice (noise check): absolute figures\n',
  );
  expect(text).toContain('  for the run: 1 inspector (with host privileges), 2 load generators, 1 veth link');
  expect(text).not.toMatch(/each round: |firewall|exchanged|rate of steady|for a moment/);
  expect(planCreations(resolved)).toMatchObject({ servers: 0, containers: { run: 3, round: 0, once: 0 } });
});

test('a Compose file that is not there, and a copy in a lab, are refused before anything is asked', async () => {
  const missing = await bench('plan', '--compose', 'nowhere.yaml', '--service', 'web');
  expect(missing).toMatchObject({ exitCode: 2, stdout: '' });
  expect(missing.stderr).toContain('--compose nowhere.yaml: there is no such file');
  const inLab = await bench('plan', '--lab', '--container', 'web', '--copy');
  expect(inLab).toMatchObject({ exitCode: 2, stdout: '' });
  expect(inLab.stderr).toContain('--container web: a lab is an engine of its own, without your containers');
  const running = await bench('run', '--lab', '--container', 'web', '--rate', '50');
  expect(running).toMatchObject({ exitCode: 2, stdout: '' });
  expect(running.stderr).toContain('--container web: a lab is an engine of its own, without your containers');
  const noRate = await bench('run', '--container', 'web');
  expect(noRate).toMatchObject({ exitCode: 2, stdout: '' });
  expect(noRate.stderr).toContain('--container web: at which rate may bench send requests to it?');
});
