import { access } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { claims } from '../model/claims.ts';
import { summarySchema } from '../model/summary.ts';
import { readRunFolder } from '../run-folder/read-run-folder.ts';
import { onlyRun, startBench, temporaryDirectory } from './bench-process.fixture.ts';
import { hostSeen } from './host-state.fixture.ts';
import { expectMeasured } from './measured.fixture.ts';
import { otherEngine } from './other-engine.fixture.ts';

const short = ['--server', 'nginx', '--rounds', '1', '--blocks', '8', '--profile', 'latency'];

async function directory(): Promise<string> {
  const temporary = await temporaryDirectory();
  onTestFinished(() => temporary[Symbol.asyncDispose]());
  return temporary.path;
}

// Skipped where another engine answers: the command would use that one, and two share docker0.
test.skipIf(otherEngine)('a private engine goes with its command, and the host is as it was', async () => {
  const cwd = await directory();
  const before = await hostSeen(undefined);
  const ended = await startBench(['run', ...short], cwd).ended;
  expect(ended.stderr).toMatch(/started a private one/);
  await expectMeasured(ended, cwd);
  expect(await hostSeen(undefined)).toEqual(before);
  await expect(access('/run/bench')).rejects.toThrow('ENOENT');
});

// Skipped for the same reason.
test.skipIf(otherEngine)('two commands share one private engine; the last one stops it', async () => {
  const cwd = await directory();
  const before = await hostSeen(undefined);
  const both = await Promise.all([
    startBench(['doctor', '--json'], cwd).ended,
    startBench(['doctor', '--json'], cwd).ended,
  ]);
  for (const { exitCode, stdout } of both) {
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).findings[0].message).toMatch(/\(private: /);
  }
  expect(both.filter(({ stderr }) => /started a private one/.test(stderr)).length).toBeGreaterThanOrEqual(1);
  expect(await hostSeen(undefined)).toEqual(before);
});

// Skipped for the same reason: the setting of any other engine is its owner's.
test.skipIf(otherEngine)('without docker-proxy, loopback goes by DNAT, and is reported so', async () => {
  const cwd = await directory();
  const asked = ['--userland-proxy', 'false', '--path', 'bridge/host/loopback'];
  const ended = await startBench(['run', '--json', ...short, ...asked], cwd).ended;
  await expectMeasured(ended, cwd);
  const summary = summarySchema.parse(JSON.parse(ended.stdout));
  expect(summary.environment.engine.userlandProxy).toBe(false);
  expect(summary.evidence.contradicted).toBe(0);
  const { evidence } = await readRunFolder(await onlyRun(cwd));
  const loopback = evidence.find(({ path }) => path === 'bridge/host/loopback');
  expect(loopback?.verdict).toBe('consistent');
  expect(loopback?.findings.map(({ claim }) => claim)).toContain(claims['dnat-counter-grows']);
  expect(JSON.stringify(loopback)).not.toMatch(/proxy/);
});

// Skipped for the same reason.
test.skipIf(otherEngine)(
  'without docker-proxy, a port published by IPv6 is carried by DNAT or refused',
  async () => {
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
    const { environment, evidence } = summarySchema.parse(JSON.parse(ended.stdout));
    expect(environment.engine).toMatchObject({ userlandProxy: false, ip6tables: true });
    expect(evidence.contradicted).toBe(0);
  },
);
