import { expect, onTestFinished, test } from 'vitest';
import type { ContainerSpec, Publication } from '../../../runtime/engine/engine.ts';
import { summarySchema } from '../../model/summary.ts';
import { resolvePlan } from '../../plan/resolve-plan.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import { schedule } from '../../schedule/schedule.ts';
import { cleanDocumentSchema } from '../documents.ts';
import { printed } from '../printed.fixture.ts';
import { eventually, onlyRun, slicesOnDisk } from './bench-process.fixture.ts';
import { expectMeasured } from './measured.fixture.ts';
import { directory, usersMachine } from './users-machine.fixture.ts';

/* What host mode makes hard, on a real engine: ports that are taken, a firewall in the way. */

const machine = usersMachine();

const blocks = 8;
const seed = '11';
const flags = {
  server: 'nginx',
  mode: 'host',
  profile: 'latency',
  rounds: '1',
  blocks: String(blocks),
  seed,
};
const args = (given: Readonly<Record<string, string>>) =>
  Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]);
const short = args(flags);

/** The port that the plan's only baseline draws. */
function baselinePort(): number {
  const plan = resolvePlan({ flags, env: {} }, () => 0);
  const port = schedule(plan)[0]?.deployments.find(({ role }) => role === 'baseline')?.hostPort;
  if (port === undefined) throw new Error('the plan has no baseline');
  return port;
}

test('two host-mode servers that want one port: the second is refused before it starts, naming who holds it', async () => {
  const cwd = await directory();
  const port = baselinePort();
  const name = await usersContainer({
    command: serve(`127.0.0.1:${port}`),
    attachment: { kind: 'host' },
  });
  await answers(port);

  const { exitCode, stderr } = await machine.start(['run', ...short], cwd).ended;
  expect(exitCode).toBe(4);
  const state = await machine.engine.inspect(name);
  const refusal = `nginx (host/external) was not started: nginx (pid ${state?.pid}, container ${name}) already listens on 127.0.0.1:${port}`;
  expect(stderr).toContain(refusal);
  const { slices } = await readRunFolder(await onlyRun(cwd));
  const failed = slices.filter((slice) => slice.status === 'failed');
  expect(new Set(failed.map(({ error }) => error.message))).toEqual(new Set([refusal]));
  expect(failed).toHaveLength(blocks);
  expect(slices.filter(({ role, status }) => role === 'twin' && status !== 'failed')).toHaveLength(blocks);
});

test('a firewall that drops host mode is named; published ports have their rule; --open-firewall makes one, for the run only', async () => {
  const cwd = await directory();
  await using wall = await dropLinks();
  const shut = await machine.start(['run', ...short, '--mode', 'bridge'], cwd).ended;
  expect(shut.exitCode).toBe(4);
  expect(shut.stderr).toMatch(/did not answer at http:\/\/198\.1\S+ within 10 s: .*firewall .*drop/);
  const { slices } = await readRunFolder(await onlyRun(cwd));
  expect(slices).toHaveLength(3 * blocks);
  for (const slice of slices) {
    if (slice.path !== 'host/external') expect(slice.status).not.toBe('failed');
    else if (slice.status !== 'failed') throw new Error('a slice went through the firewall');
    else {
      expect(slice.error.hint).toMatch(/Published ports get a rule from Docker; host mode does not\./);
      expect(slice.error.hint).toMatch(/--open-firewall/);
    }
  }

  const elsewhere = await directory();
  const open = await machine.start(['run', '--json', '--open-firewall', ...short], elsewhere).ended;
  await expectMeasured(open, elsewhere);
  const { environment } = printed(summarySchema, open.stdout);
  expect(environment.firewallOpened).toEqual([expect.stringMatching(/-I INPUT -i bench-\w{4} .*ACCEPT/)]);
  expect(await wall.others()).toEqual([]);
});

test('a rule of a run that was killed with its inspector is removed by `bench clean`', async () => {
  const cwd = await directory();
  await using wall = await dropLinks();
  const bench = machine.start(['run', '--open-firewall', '--server', 'nginx', '--mode', 'host'], cwd);
  await slicesOnDisk(bench, cwd, 1);
  expect(await wall.others()).toHaveLength(1);
  bench.kill('SIGSTOP');
  const inspector = (await machine.engine.containers()).find(({ name }) => name.endsWith('-inspector'));
  await machine.engine.remove(inspector?.id ?? '');
  bench.kill('SIGKILL');
  await bench.ended;
  expect(await wall.others()).toHaveLength(1);

  const cleaned = await machine.start(['clean', '--json'], cwd).ended;
  expect({ exitCode: cleaned.exitCode, stderr: cleaned.stderr }).toEqual({ exitCode: 0, stderr: '' });
  const { removed } = printed(cleanDocumentSchema, cleaned.stdout);
  expect(removed).toContainEqual(expect.stringMatching(/^firewall rule of \d{8}T\d{6}Z-\w{4}$/));
  expect(await wall.others()).toEqual([]);
});

test('two nginx and two Apaches in host mode on one port, each on an address of its own: all answer, all are measured', async () => {
  const cwd = await directory();
  const { mode: _, ...rest } = flags;
  const plan = args({ ...rest, server: 'nginx,apache', plan: 'two-addresses' });
  await expectMeasured(await machine.start(['run', ...plan], cwd).ended, cwd);
  const { slices, evidence } = await readRunFolder(await onlyRun(cwd));
  expect(evidence.map(({ server, role, verdict }) => `${server} ${role} ${verdict}`).sort()).toEqual([
    'apache baseline consistent',
    'apache twin consistent',
    'nginx baseline consistent',
    'nginx twin consistent',
  ]);
  const urls = evidence.map(({ url }) => new URL(url));
  expect(new Set(urls.map(({ port }) => port)).size).toBe(1);
  expect(new Set(urls.map(({ hostname }) => hostname)).size).toBe(4);
  for (const { server, role } of evidence) {
    const own = slices.filter((slice) => slice.server === server && slice.role === role);
    expect(own.filter((slice) => slice.status !== 'failed' && slice.requests > 0)).toHaveLength(blocks);
  }
});

test('published ports given together with host mode: Docker discards them, and that is said', async () => {
  const cwd = await directory();
  const asked = await machine.start(['run', '--path', 'host/external/published'], cwd).ended;
  expect(asked.exitCode).toBe(2);
  expect(asked.stderr).toMatch(/Docker publishes no port and discards ports given with host mode/);

  const container = await usersContainer({ attachment: { kind: 'host' }, publish: [loopbackPort(21_001)] });
  const mapped = await machine.start(['run', ...short, ...mapTo(container)], cwd).ended;
  expect(mapped.exitCode).toBe(3);
  expect(mapped.stderr).toMatch(/is in host mode: its network stack is the host's/);
  expect(mapped.stderr).toMatch(/Docker discards its published ports \(8080\/tcp\)/);
});

test('mapped onto a container that has stopped, that publishes nothing, or whose port is taken inside', async () => {
  const cwd = await directory();
  const refused = async (container: string, ...more: readonly string[]) => {
    const { exitCode, stderr } = await machine.start(['run', ...short, ...mapTo(container), ...more], cwd)
      .ended;
    expect(exitCode).toBe(3);
    return stderr;
  };
  const stopped = await usersContainer({ command: ['true'] });
  await eventually(
    async () => (await machine.engine.inspect(stopped))?.running === false,
    () => {
      throw new Error(`${stopped} does not stop`);
    },
  );
  expect(await refused(stopped)).toMatch(/has stopped \(exit code 0\)[\s\S]*docker start/);
  expect(await refused(await usersContainer({}))).toMatch(
    /publishes no port[\s\S]*--path mapped\/host\/container/,
  );
  const busy = await usersContainer({ command: serve('0.0.0.0:8080'), publish: [everywhere(21_002)] });
  await eventually(
    async () => (await refused(busy)).includes('(8080) is in use inside it'),
    async () => expect(await refused(busy)).toContain('(8080) is in use inside it'),
  );
});

test("a server joins the user's own container, is reached by the port that it publishes, and leaves it alone", async () => {
  const cwd = await directory();
  const container = await usersContainer({ publish: [everywhere(21_003)] });
  const { pid } = (await machine.engine.inspect(container)) ?? {};
  await expectMeasured(await machine.start(['run', ...short, ...mapTo(container)], cwd).ended, cwd);
  const { evidence } = await readRunFolder(await onlyRun(cwd));
  const mapped = evidence.find(({ path }) => path === 'mapped/external/published');
  expect(mapped).toMatchObject({ verdict: 'consistent', url: expect.stringMatching(/:21003\//) });
  expect(mapped?.raw['server_namespace']).toBe(mapped?.raw['holder_namespace']);
  expect(await machine.engine.inspect(container)).toMatchObject({ running: true, pid });
});

/** A container of "the user's", by its name; it goes with the test. */
async function usersContainer(changes: Partial<ContainerSpec>): Promise<string> {
  const name = `users-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  const container = await machine.engine.create({
    name,
    image: machine.image,
    command: ['sleep', 'infinity'],
    labels: {},
    attachment: { kind: 'bridge' },
    ...changes,
  });
  onTestFinished(() => machine.engine.remove(container.id));
  await container.start();
  return name;
}

function mapTo(container: string): readonly string[] {
  return ['--mode', 'mapped', '--map-to', container];
}

function serve(...listen: readonly string[]): readonly string[] {
  return ['/opt/bench/bin/serve.sh', 'nginx', '1', ...listen];
}

function everywhere(hostPort: number): Publication {
  return { containerPort: 8080, hostPort, hostAddresses: ['0.0.0.0'] };
}

function loopbackPort(hostPort: number): Publication {
  return { containerPort: 8080, hostPort, hostAddresses: ['127.0.0.1'] };
}

/** A firewall that lets no link of a run in, until it is disposed. */
async function dropLinks(): Promise<AsyncDisposable & { others(): Promise<readonly string[]> }> {
  const rule = ['INPUT', '-i', 'bench-+', '-j', 'DROP'];
  const iptables = (...args: readonly string[]) => machine.run('iptables', '-w', ...args);
  await iptables('-A', ...rule);
  return {
    /** Rules about such links besides it. */
    async others() {
      const lines = (await iptables('-S', 'INPUT')).split('\n').filter((line) => line.includes('bench-'));
      return lines.filter((line) => line !== `-A ${rule.join(' ')}`);
    },
    async [Symbol.asyncDispose]() {
      await iptables('-D', ...rule);
    },
  };
}

/** Resolves once something listens on a port of loopback: then it cannot be listened on again. */
async function answers(port: number): Promise<void> {
  const listening = () => machine.run('ss', '-Hltn', 'sport', '=', `:${port}`);
  await expect.poll(listening, { timeout: 30_000 }).not.toBe('');
}
