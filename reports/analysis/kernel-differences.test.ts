import { expect, test } from 'vitest';
import type { Evidence } from '../../bench/model/evidence.ts';
import type { KernelCounter, KernelGrowth } from '../../bench/model/kernel-counters.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { kernelWords } from '../words/kernel-words.ts';
import { buildReportModel } from './build-report-model.ts';

const bridge = 'bridge/external/published';

/** A run of nginx whose deployments counted what is said. */
function wordsOf(kernelOf: (evidence: Evidence) => KernelGrowth | undefined, rounds = 6): readonly string[] {
  const run = syntheticRun({
    ...{ seed: 5, rounds, blocks: 1, servers: ['nginx'], profiles: ['latency'] },
    comparisons: [{ baseline: 'host/external', contenders: [bridge] }],
  });
  const evidence = run.evidence.map((it) => {
    const kernel = kernelOf(it);
    return kernel === undefined ? it : { ...it, kernel };
  });
  return kernelWords(buildReportModel({ ...run, evidence }).summary);
}

function counting(counter: KernelCounter, events: (evidence: Evidence) => number) {
  return (it: Evidence): KernelGrowth => ({ requests: 10_000, counts: { [counter]: events(it) } });
}

const isBridge = ({ path }: Evidence) => path === bridge;

test('segments that are sent again on one path only are told, with the stack that the other side shares', () => {
  expect(wordsOf(counting('tcp_retransmits', (it) => (isBridge(it) ? 120 : 0)))).toEqual([
    'nginx, bridge: 120 TCP segments sent again a round; host: 0, in the stack that all of the host shares (in 6 of 6 rounds).',
  ]);
});

test('fewer on the path than on its baseline is told, too', () => {
  expect(wordsOf(counting('listen_drops', (it) => (isBridge(it) ? 0 : 40)))).toEqual([
    'nginx, bridge: 0 connections that a listening socket dropped a round; host: 40, in the stack that all of the host shares (in 6 of 6 rounds).',
  ]);
});

test('ten events, or twice as many, explain nothing', () => {
  expect(wordsOf(counting('tcp_retransmits', (it) => (isBridge(it) ? 10 : 0)))).toEqual([]);
  expect(wordsOf(counting('tcp_retransmits', (it) => (isBridge(it) ? 200 : 100)))).toEqual([]);
  expect(wordsOf(counting('tcp_retransmits', (it) => (isBridge(it) ? 201 : 100)))).toHaveLength(1);
});

test('a difference in half of the rounds, or in too few of them, is not told', () => {
  const inRounds = (last: number) =>
    counting('tcp_retransmits', (it) => (isBridge(it) && it.round <= last ? 120 : 0));
  expect(wordsOf(inRounds(3))).toEqual([]);
  expect(wordsOf(inRounds(4))).toEqual([expect.stringContaining('(in 4 of 6 rounds)')]);
  expect(wordsOf(inRounds(2), 2)).toEqual([]);
});

test('context switches are counted a request: a path that answers half as many is not a path that waits twice as often', () => {
  const requestsOf = (it: Evidence) => (isBridge(it) ? 5_000 : 10_000);
  const equal = (it: Evidence) => ({
    requests: requestsOf(it),
    counts: { voluntary_switches: requestsOf(it) },
  });
  expect(wordsOf(equal)).toEqual([]);
  const thrice = (it: Evidence) => ({
    requests: requestsOf(it),
    counts: { voluntary_switches: (isBridge(it) ? 3 : 1) * requestsOf(it) },
  });
  expect(wordsOf(thrice)).toEqual([
    "nginx, bridge: 3.00 times that one of the server's threads waited (voluntary context switches) a request; host: 1.00 (in 6 of 6 rounds).",
  ]);
});

test('what all share is told once, for all together', () => {
  expect(wordsOf(counting('softnet_squeezed', () => 35))).toEqual([
    'The host: 35 times that a CPU had more packets than it takes at once (softnet squeezed) a round (in 6 of 6 rounds).',
  ]);
  expect(wordsOf(counting('agent_tcp_retransmits', () => 11))).toEqual([
    "The load generator's stack, all paths together: 11 TCP segments sent again a round (in 6 of 6 rounds).",
  ]);
  expect(wordsOf(counting('conntrack_drops', () => 0))).toEqual([]);
});

test('a run that read no counters tells nothing', () => {
  expect(wordsOf(() => undefined)).toEqual([]);
});
