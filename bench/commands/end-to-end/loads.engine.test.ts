import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Slice } from '../../model/slice.ts';
import { isMeasured, summarySchema } from '../../model/summary.ts';
import { rules } from '../../model/validity-rules.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import { printed } from '../printed.fixture.ts';
import { onlyRun } from './bench-process.fixture.ts';
import { directory, usersMachine } from './users-machine.fixture.ts';

/* Loads on request, with nginx on a real engine: random arrivals at one low rate, and new connections over TLS. */

const machine = usersMachine();
const rate = 2_000;
/** A quantile is the client's where its own lag is this share of it or more (bench/docs/method.md, section 10). */
const lagLimit = 0.1;

/** The machine was disturbed meanwhile, whatever else followed from that. */
function isDisturbed(slice: Slice): boolean {
  return slice.status === 'invalid' && slice.reasons.some(({ rule }) => rules[rule].leavesOut === 'block');
}

test('every path is offered the same rate, what a latency is made of is recorded, and late quantiles are called the client’s', async () => {
  const cwd = await directory();
  const argv = ['--server', 'nginx', '--mode', 'bridge', '--profile', 'paced', '--paced-rate', `${rate}`];
  const length = ['--rounds', '1', '--blocks', '1', '--seed', '5'];
  const { exitCode, stdout, stderr } = await machine.bench(['run', '--json', ...argv, ...length], cwd);
  expect([0, 4], stderr).toContain(exitCode);
  await machine.nothingIsLeft();
  const summary = printed(summarySchema, stdout);
  const folder = await onlyRun(cwd);
  const { run, slices } = await readRunFolder(folder);
  expect(run.pacedRates).toEqual({ nginx: rate });
  expect(run.jitter?.wallSeconds).toBeGreaterThan(0);
  expect(slices.map(({ path, role }) => `${path} ${role}`).toSorted()).toEqual([
    'bridge/external/published contender',
    'host/external baseline',
    'host/external twin',
  ]);
  const markdown = await readFile(join(folder, 'summary.md'), 'utf8');
  for (const slice of slices) {
    if (slice.status === 'failed') throw new Error(slice.error.message);
    expect(slice.status === 'completed' || isDisturbed(slice), JSON.stringify(slice)).toBe(true);
    const { pacing, latency, serviceTime, sendLag, requests } = slice;
    if (latency === undefined || serviceTime === undefined || sendLag === undefined) {
      throw new Error(`a latency of ${slice.path} is missing`);
    }
    expect(Math.abs((pacing?.offeredPerSecond ?? 0) / rate - 1)).toBeLessThan(0.01);
    expect(requests).toBeGreaterThan(5_000);
    // A response takes at least as long as its service, and a client that is not late sends at once.
    expect(latency.p50Us).toBeGreaterThanOrEqual(serviceTime.p50Us);
    expect(sendLag.p50Us).toBeLessThan(latency.p50Us);
    if (slice.status !== 'completed') continue;
    const own = summary.cases.find(({ path, role }) => path === slice.path && role === slice.role);
    const isClients = sendLag.p99Us >= lagLimit * latency.p99Us;
    expect([slice.path, own?.values.latency_p99_us !== undefined]).toEqual([slice.path, !isClients]);
    const late = summary.warnings.find(({ code }) => code === 'client-lag');
    if (slice.role === 'contender' && isClients) {
      expect(late?.message).toContain("the load generator's own lag is");
      expect(markdown).toContain("the load generator's own lag is");
    }
  }
});

test('new connections over TLS: connect, handshake and first byte are apart, and the report compares each', async () => {
  const cwd = await directory();
  const argv = [
    '--server',
    'nginx',
    '--mode',
    'bridge',
    '--profile',
    'churn',
    '--tls',
    '--slice-seconds',
    '0.1',
  ];
  const length = ['--rounds', '1', '--blocks', '4', '--seed', '5'];
  const { exitCode, stdout, stderr } = await machine.bench(['run', '--json', ...argv, ...length], cwd);
  expect([0, 4], stderr).toContain(exitCode);
  await machine.nothingIsLeft();
  const { slices } = await readRunFolder(await onlyRun(cwd));
  expect(slices).toHaveLength(12);
  for (const slice of slices) {
    if (slice.status === 'failed') throw new Error(slice.error.message);
    expect(slice.status === 'completed' || isDisturbed(slice), JSON.stringify(slice)).toBe(true);
    const { connect, handshake, firstByte, latency } = slice;
    expect(connect?.p50Us).toBeGreaterThan(0);
    expect(handshake?.p50Us).toBeGreaterThan(0);
    for (const part of [connect, handshake]) expect(part?.p50Us).toBeLessThan(firstByte?.p50Us ?? Number.NaN);
    expect(firstByte?.p50Us).toBeLessThanOrEqual(latency?.p50Us ?? Number.NaN);
  }
  const summary = printed(summarySchema, stdout);
  const compared = summary.overheads.filter(isMeasured).map(({ metric }) => metric);
  for (const metric of compared.length === 0
    ? []
    : ['connect_p50_us', 'handshake_p50_us', 'first_byte_p50_us']) {
    expect(compared).toContain(metric);
  }
});
