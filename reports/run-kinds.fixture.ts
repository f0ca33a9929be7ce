import { baselineOf, isBaseline, possiblePaths } from '../bench/model/network-modes.ts';
import { pathId } from '../bench/model/path.ts';
import type { Plan } from '../bench/model/plan.ts';
import { waterfallPaths } from '../bench/model/waterfall.ts';
import type { RunKind } from './first-screen/first-screen.ts';
import type { SyntheticOptions } from './synthetic-run.fixture.ts';

/** Every path that can be laid, each against the host mode that the same client sees. */
export const allPaths: Plan['comparisons'] = [
  ...new Set(possiblePaths().map((it) => pathId(baselineOf(it)))),
].map((baseline) => ({
  baseline,
  contenders: possiblePaths()
    .filter((it) => !isBaseline(it) && pathId(baselineOf(it)) === baseline)
    .map(pathId),
}));

/** The three kinds of run that a report begins differently with. docker-proxy is slow in all of them. */
export const kindsOfRun = {
  modes: { seed: 1, rounds: 10, blocks: 2, servers: ['nginx', 'apache'] },
  waterfall: {
    ...{ seed: 1, rounds: 10, blocks: 2, servers: ['nginx'], profiles: ['latency', 'steady'] },
    comparisons: [
      { baseline: 'host/host', contenders: waterfallPaths.filter((path) => path !== 'host/host') },
    ],
    effects: { 'bridge/host/loopback': { latency: 2, serverCpu: 2 }, 'native/host': {} },
  },
  paths: {
    ...{ seed: 1, rounds: 12, blocks: 2, servers: ['nginx'], profiles: ['latency'] },
    comparisons: allPaths,
    effects: Object.fromEntries(
      allPaths.flatMap(({ contenders }) =>
        contenders.map((path) => [path, { latency: path.includes('loopback') ? 1.8 : 1.02 }]),
      ),
    ),
  },
} as const satisfies Record<RunKind, SyntheticOptions>;
