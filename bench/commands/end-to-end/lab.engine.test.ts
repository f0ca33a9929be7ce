import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { machineCommander } from '../../../runtime/machine/command.ts';
import { claims } from '../../model/claims.ts';
import { summarySchema } from '../../model/summary.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import { printed } from '../printed.fixture.ts';
import { onlyRun, slicesOnDisk, startBench } from './bench-process.fixture.ts';
import { changes, machineListing } from './machine-listing.fixture.ts';
import { expectMeasured } from './measured.fixture.ts';
import { throwAwayMachine } from './throw-away-machine.fixture.ts';
import { directory } from './users-machine.fixture.ts';
import { askInLoop, usersService } from './users-service.fixture.ts';

/*
 * A lab is a machine on the machine: while it lives and afterwards, the machine is as it was. No other test holds the lab,
 * so that each command here is its first user and its last.
 */

const short = ['--server', 'nginx', '--rounds', '1', '--blocks', '8', '--profile', 'latency'];
const runDirectory = process.env['BENCH_RUN_DIR'] || '/run/bench';

/** What of a listing is bench's own by name. */
const ownName = /bench|^\+ processes: /;

async function expectNothingLeft(before: readonly string[]): Promise<void> {
  await expect.poll(async () => changes(before, await machineListing()), { timeout: 20_000 }).toEqual([]);
}

test('a run in a lab changes nothing of the machine, while it measures and afterwards', async () => {
  const cwd = await directory();
  const before = await machineListing();
  const bench = startBench(['run', ...short], cwd);
  await slicesOnDisk(bench, cwd, 1);
  const during = changes(before, await machineListing());
  const ended = await bench.ended;
  expect(ended.stderr).toMatch(/started a lab/);
  await expectMeasured(ended, cwd);
  expect(during.filter((line) => !ownName.test(line))).toEqual([]);
  expect(during.join('\n')).toMatch(/processes: .*nginx/); // what was looked at is a run in full swing
  await expectNothingLeft(before);
  await expect(access(runDirectory)).rejects.toThrow('ENOENT');
});

test('Ctrl-C in a lab leaves the machine as it was', async () => {
  const cwd = await directory();
  const before = await machineListing();
  const bench = startBench(['run', '--server', 'nginx'], cwd);
  await slicesOnDisk(bench, cwd, 1);
  bench.kill('SIGINT');
  expect((await bench.ended).exitCode).toBe(130);
  await expectNothingLeft(before);
});

test('twenty kills at random moments: the machine is as it was at once, and `bench clean` removes the rest', async () => {
  const cwd = await directory();
  const before = await machineListing();
  for (let kill = 0; kill < 20; kill += 1) {
    const bench = startBench(['run', ...short], cwd);
    await Promise.race([bench.ended, pause(Math.random() * 9000)]);
    bench.kill('SIGKILL');
    await bench.ended;
    const left = changes(before, await machineListing());
    expect(left.filter((line) => !ownName.test(line))).toEqual([]);
    const cleaned = await startBench(['clean'], cwd).ended;
    expect(cleaned.exitCode, cleaned.stderr).toBe(0);
    await expectNothingLeft(before);
  }
}, 600_000);

test('when the first process of a lab is killed, nothing of the lab lives on', async () => {
  const cwd = await directory();
  const before = await machineListing();
  const bench = startBench(['run', '--server', 'nginx'], cwd);
  await slicesOnDisk(bench, cwd, 1);
  const { pid } = JSON.parse(await readFile(join(runDirectory, 'process.json'), 'utf8')) as { pid: number };
  process.kill(pid, 'SIGKILL');
  const processes = async () =>
    changes(before, await machineListing()).filter((line) => line.startsWith('+ processes'));
  await expect.poll(processes, { timeout: 10_000 }).toEqual([]);
  const { exitCode } = await bench.ended;
  expect(exitCode).toBe(5);
  expect((await startBench(['clean'], cwd).ended).exitCode).toBe(0);
  await expectNothingLeft(before);
});

test('two commands share one lab; the last one stops it', async () => {
  const cwd = await directory();
  const before = await machineListing();
  const both = await Promise.all([1, 2].map(() => startBench(['doctor', '--json'], cwd).ended));
  for (const { exitCode, stdout } of both) {
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).findings[0].message).toMatch(/\(lab: /);
  }
  expect(both.filter(({ stderr }) => /started a lab/.test(stderr)).length).toBeGreaterThanOrEqual(1);
  await expectNothingLeft(before);
});

test('a command in another pid namespace sees that the lab is in use, and leaves it alone', async () => {
  const cwd = await directory();
  const bench = startBench(['run', ...short], cwd);
  await slicesOnDisk(bench, cwd, 1);
  const other = join(import.meta.dirname, '..', '..', '..', 'dist', 'bench', 'main.js');
  const elsewhere = ['--pid', '--fork', '--mount-proc', process.execPath, other];
  const doctor = await machineCommander.run('unshare', [...elsewhere, 'doctor', '--lab']);
  expect(doctor.exitCode, doctor.stderr).toBe(0);
  const cleaned = await machineCommander.run('unshare', [...elsewhere, 'clean', '--json']);
  expect(JSON.parse(cleaned.stdout).removed).toEqual([]);
  await expectMeasured(await bench.ended, cwd);
});

test("another dockerd's container serves without one failed request while the lab is used", async () => {
  const cwd = await directory();
  await using machine = await throwAwayMachine({ dataRoot: join(cwd, 'users-engine') });
  const { address } = await usersService(machine, 8081);
  const before = await machineListing(machine.run);
  const loop = askInLoop(machine, 'http://127.0.0.1:8081/');
  const bench = (...argv: readonly string[]) => machine.bench([...argv], cwd, { DOCKER_HOST: '' });

  const doctor = await bench('doctor');
  expect(doctor.exitCode, doctor.stderr).toBe(0);
  const named = `that listens on ${machine.address}. To use it: DOCKER_HOST=${machine.address}`;
  expect(doctor.stderr).toContain(named);
  expect((await bench('inspect', 'bridge', 'host')).exitCode).toBe(0);
  await expectMeasured(await bench('run', ...short), cwd);
  expect((await bench('clean')).exitCode).toBe(0);

  const { answered, failed } = await loop.end();
  expect(failed).toEqual([]);
  expect(answered).toBeGreaterThan(100);
  expect(
    changes(before, await machineListing(machine.run)).filter((line) => !/ socket|conntrack/.test(line)),
  ).toEqual([]);
  expect(before.join('\n')).toContain(`--to-destination ${address}:8000`);
});

test("the user's daemon.json plays no part in a lab, not even a broken one", async () => {
  const cwd = await directory();
  await using machine = await throwAwayMachine({ dataRoot: join(cwd, 'users-engine') });
  const settings = {
    'data-root': '/srv/docker',
    hosts: ['unix:///var/run/docker.sock'],
    'userland-proxy': false,
    'exec-opts': ['native.cgroupdriver=systemd'],
    bridge: 'none',
    iptables: false,
    'live-restore': true,
  };
  for (const text of [JSON.stringify(settings), '{']) {
    await machine.run('sh', '-c', 'printf %s "$1" >/etc/docker/daemon.json', 'sh', text);
    const place = await directory();
    const ended = await machine.bench(['run', '--json', ...short, '--mode', 'bridge'], place, {
      DOCKER_HOST: '',
      BENCH_LAB: '1',
    });
    await expectMeasured(ended, place);
    const { environment, evidence } = printed(summarySchema, ended.stdout);
    expect(environment.engine).toMatchObject({ endpoint: 'lab', userlandProxy: true });
    expect(evidence.contradicted).toBe(0);
  }
});

test('settings of the machine that would stop a run have no effect in a lab', async () => {
  const cwd = await directory();
  const prepare = `
    sysctl -qw net.ipv4.ip_forward=0 net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
    iptables -P INPUT DROP
    ip link add wg0 type veth peer name wg1 && ip link set wg0 up && ip link set wg1 up
    ip route add 196.0.0.0/6 dev wg0`;
  await using machine = await throwAwayMachine({
    dataRoot: join(cwd, 'users-engine'),
    prepare,
    dockerd: ['--iptables=false', '--bridge=none', '--ip-forward=false'],
  });
  const paths = ['--path', 'bridge/external/published', '--path', 'user-bridge/external/published/ipv6'];
  const ended = await machine.bench(['run', '--json', '--lab', ...short, ...paths], cwd);
  await expectMeasured(ended, cwd);
  const { evidence, environment } = printed(summarySchema, ended.stdout);
  expect(evidence.contradicted).toBe(0);
  expect(environment.sysctls['net.ipv4.ip_forward']).toBe('1');
  expect((await machine.run('cat', '/proc/sys/net/ipv4/ip_forward')).trim()).toBe('0');
});

test('a lab has no way out while it is measured', async () => {
  const cwd = await directory();
  const before = await machineListing();
  const bench = startBench(['run', ...short], cwd);
  await slicesOnDisk(bench, cwd, 1);
  const during = changes(before, await machineListing());
  await expectMeasured(await bench.ended, cwd);
  expect(during.join('\n')).not.toContain('slirp4netns');
  const run = await readRunFolder(await onlyRun(cwd));
  expect(Object.keys(run.run.environment.network?.mtu ?? {})).not.toContain('tap0');
});

test('without docker-proxy, loopback goes by DNAT, and is reported so', async () => {
  const cwd = await directory();
  const asked = ['--userland-proxy', 'false', '--path', 'bridge/host/loopback'];
  const ended = await startBench(['run', '--json', ...short, ...asked], cwd).ended;
  await expectMeasured(ended, cwd);
  const summary = printed(summarySchema, ended.stdout);
  expect(summary.environment.engine.userlandProxy).toBe(false);
  expect(summary.evidence.contradicted).toBe(0);
  const { evidence } = await readRunFolder(await onlyRun(cwd));
  const loopback = evidence.find(({ path }) => path === 'bridge/host/loopback');
  expect(loopback?.verdict).toBe('consistent');
  expect(loopback?.findings.map(({ claim }) => claim)).toContain(claims['dnat-counter-grows']);
  expect(JSON.stringify(loopback)).not.toMatch(/proxy/);
});

test('without docker-proxy, a port published by IPv6 is carried by DNAT or refused', async () => {
  const cwd = await directory();
  const asked = ['--userland-proxy', 'false', '--path', 'user-bridge/external/published/ipv6'];
  const ended = await startBench(['run', '--json', ...short, ...asked], cwd).ended;
  if (ended.exitCode === 3) {
    expect(ended.stderr).toContain('the engine writes no IPv6 rules: ip6tables is off');
    expect(ended.stderr).toContain('"ip6tables": true');
    await expect(onlyRun(cwd)).rejects.toThrow('found 0');
    return;
  }
  await expectMeasured(ended, cwd);
  const { environment, evidence } = printed(summarySchema, ended.stdout);
  expect(environment.engine).toMatchObject({ userlandProxy: false, ip6tables: true });
  expect(evidence.contradicted).toBe(0);
});

test('directories that the user names are only ever used for what bench makes there', async () => {
  const cwd = await directory();
  const theirs = join(await directory(), 'x');
  await machineCommander.run('sh', ['-c', 'mkdir -p "$1/sub" && echo mine >"$1/keep"', 'sh', theirs]);
  const refused = await startBench(['doctor', '--lab'], cwd, { BENCH_RUN_DIR: theirs }).ended;
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain(
    `BENCH_RUN_DIR=${theirs} contains files that bench did not create: keep, sub`,
  );
  expect(await readFile(join(theirs, 'keep'), 'utf8')).toBe('mine\n');

  const odd = { BENCH_RUN_DIR: join(await directory(), 'a b', 'run') };
  const worked = await startBench(['doctor', '--lab'], cwd, odd).ended;
  expect(worked.exitCode, worked.stderr).toBe(0);
  await expect(access(odd.BENCH_RUN_DIR)).rejects.toThrow('ENOENT');
  const relative = await startBench(['doctor', '--lab'], cwd, { BENCH_RUN_DIR: 'run' }).ended;
  expect(relative.exitCode).toBe(2);
  expect(relative.stderr).toContain('BENCH_RUN_DIR=run is not an absolute path');
});
