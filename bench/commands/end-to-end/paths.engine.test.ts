import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { runLabel } from '../../../runtime/labels.ts';
import { type TestEngine, testEngine } from '../../../runtime/test-engine.fixture.ts';
import { collect } from '../../collect/collect.ts';
import { claims } from '../../model/claims.ts';
import type { Evidence } from '../../model/evidence.ts';
import { possiblePaths, routeFor } from '../../model/network-modes.ts';
import { type PathId, parsePathId, pathId } from '../../model/path.ts';
import type { Dialled, Route } from '../../model/route.ts';
import type { Slice } from '../../model/slice.ts';
import { resolvePlan } from '../../plan/resolve-plan.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import { scheduledRounds } from '../../schedule/schedule.ts';
import { onlyRun, startBench, temporaryDirectory } from './bench-process.fixture.ts';
import { stageOnEngine } from './stage-on-engine.fixture.ts';

/* The claims of every path on a real engine with real packets, and a path that claims to be another. */

let real: TestEngine;
beforeAll(async () => {
  real = await testEngine();
});
afterAll(async () => {
  await real?.[Symbol.asyncDispose]();
});

async function directory(): Promise<string> {
  const temporary = await temporaryDirectory();
  onTestFinished(() => temporary[Symbol.asyncDispose]());
  return temporary.path;
}

test('every path that can be laid is laid, and its evidence is consistent', async () => {
  const cwd = await directory();
  const short = ['--rounds', '1', '--blocks', '1', '--slice-seconds', '0.1', '--seed', '5'];
  const { exitCode, stderr } = await startBench(['run', '--plan', 'paths', ...short], cwd).ended;
  // With a single slice a case may have none that counts, on a machine that is busy: that is exit 4.
  expect([0, 4], stderr).toContain(exitCode);
  const { run, evidence, slices } = await readRunFolder(await onlyRun(cwd));
  expect(slices.flatMap((slice) => (slice.status === 'failed' ? [slice.error] : []))).toEqual([]);
  const broken = evidence.flatMap(({ path, findings }) =>
    findings.filter(({ holds }) => !holds).map((finding) => ({ path, ...finding })),
  );
  expect(broken).toEqual([]);
  // Without docker-proxy some are carried by nobody.
  const leftOut = (run.plan.leftOut ?? []).map(({ path }) => path);
  expect(new Set([...evidence.map(({ path }) => path), ...leftOut])).toEqual(
    new Set(possiblePaths().map(pathId)),
  );
  expect(leftOut.length === 0 || run.environment.engine.userlandProxy === false).toBe(true);
  expect(evidence.filter(({ verdict }) => verdict !== 'consistent')).toEqual([]);
  for (const { path, url, findings } of evidence.filter(({ path }) => path.endsWith('/inside/ipv6'))) {
    // In the host's stack its port is drawn, in a stack of its own it is always the same.
    expect(url, path).toMatch(
      path.startsWith('host/') ? /^http:\/\/\[::1\]:2\d{4}\// : /^http:\/\/\[::1\]:8080\//,
    );
    const peer = findings.find(({ claim }) => claim === claims['peer-is-agent']);
    // Who holds the other end is seen in the host's stack only.
    expect(peer?.observed, path).toMatch(/^a connection from \[::1\]:\d+( \(node\))?$/);
  }
  // An engine that has miscounted a network's endpoints keeps the network until it is restarted: bench says so.
  const kept = /network (\S+) id \S+ has active endpoints: it lists none/.exec(stderr)?.slice(1) ?? [];
  expect(
    (await real.engine.networks(runLabel)).map(({ name }) => name),
    stderr,
  ).toEqual(kept);
}, 180_000);

/** Each of the two is dialled where the other is: docker-proxy claimed to be DNAT, and DNAT claimed to be docker-proxy. */
const mislabelled: Readonly<Record<PathId, Dialled>> = {
  'bridge/host/published': { address: 'loopback', port: 'host' },
  'bridge/host/loopback': { address: 'gateway', port: 'host' },
};

function laid(id: PathId): Route {
  const path = parsePathId(id);
  const answer = path && routeFor(path);
  if (answer?.possible !== true) throw new Error(`${id} cannot be laid`);
  const dialled = mislabelled[id];
  return dialled === undefined ? answer.route : { ...answer.route, dialled };
}

test('a path that claims to be another is caught, every time', async () => {
  const paths = Object.keys(mislabelled);
  const options = { server: 'nginx', rounds: '2', blocks: '4', sliceSeconds: '0.1', seed: '3' };
  const plan = resolvePlan({ flags: { ...options, path: paths }, env: {} }, () => 0);
  const slices: Slice[] = [];
  const evidence: Evidence[] = [];
  const runId = '20261121T120000Z-mis1';
  {
    await using stage = await stageOnEngine(real, runId, {
      vantages: ['host'],
      servers: ['host', 'bridge'],
      ipv6: false,
    });
    let seconds = 0;
    const collected = await collect({
      plan,
      schedule: scheduledRounds(plan),
      stage: stage,
      recorder: {
        appendSlices: async (...ended) => void slices.push(...ended),
        appendEvidence: async (...ended) => void evidence.push(...ended),
        noteRates: async () => {},
      },
      clock: { now: () => new Date(), monotonicSeconds: () => seconds++ },
      progress: () => undefined,
      signal: new AbortController().signal,
      routeOf: laid,
    });
    expect(collected.state).toBe('complete');
    // Without docker-proxy there is nothing to take for DNAT: loopback goes by DNAT as well.
    if (stage.environment.engine.userlandProxy !== true) return;
  }
  const wrong = slices.filter(({ path }) => paths.includes(path));
  expect(wrong).toHaveLength(2 * 2 * 4 * plan.profiles.length);
  for (const slice of wrong) {
    const reasons = slice.status === 'invalid' ? slice.reasons : [];
    const messages = reasons.filter(({ rule }) => rule === 'path_evidence').map(({ message }) => message);
    expect(messages.join('\n'), `${slice.path}: ${slice.status}`).toMatch(
      slice.path.endsWith('published') ? /docker-proxy uses no CPU time/ : /docker-proxy's CPU time grows/,
    );
  }
  const verdicts = new Map(evidence.map(({ path, verdict }) => [path, verdict]));
  expect(paths.map((path) => verdicts.get(path))).toEqual(['contradicted', 'contradicted']);
  expect(verdicts.get('host/host')).toBe('consistent');
  // Connections are opened in the warm-up: what counts them says so for the round.
  const broken = evidence.flatMap(({ path, findings }) =>
    findings.filter(({ holds }) => !holds).map(({ claim }) => `${path}: ${claim}`),
  );
  expect(broken.join('\n')).toMatch(/bridge\/host\/published: .*DNAT rule counts the connections made/);
  expect(broken.join('\n')).toMatch(/bridge\/host\/loopback: no DNAT rule counts/);
}, 120_000);
