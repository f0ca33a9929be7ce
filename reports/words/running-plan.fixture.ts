import type { Plan } from '../../bench/model/plan.ts';
import { loadProfiles } from '../../bench/model/profile.ts';
import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import { type SyntheticOptions, syntheticRun } from '../synthetic-run.fixture.ts';

/** A run that measured a running container of the user's: from the host against its own address, and from the link. */
export function runOfRunning(options: Partial<SyntheticOptions> = {}): RecordedRun {
  const recorded = syntheticRun({
    ...{ seed: 3, rounds: 10, blocks: 2, servers: ['nginx'], profiles: ['steady'] },
    pinning: { kind: 'shared', untouched: true },
    comparisons: [
      { baseline: 'bridge/host/container', contenders: ['bridge/host/published'] },
      { baseline: 'bridge/external/published', contenders: [] },
    ],
    ...options,
  });
  const { plan } = recorded.run;
  const ofRunning = {
    profiles: [{ ...loadProfiles.steady, declaredMetric: 'latency_p50_us' }],
    service: {
      ...{ name: 'nginx', image: 'my/app:1.2', port: 8080, environment: [], mounts: [] },
      running: { container: 'web', published: { port: 80 } },
      ...{ pull: 'never', readyPath: '/', readySeconds: 10 },
    },
    request: { method: 'GET', path: '/', headers: {} },
  } satisfies Partial<Plan>;
  return { ...recorded, run: { ...recorded.run, plan: { ...plan, ...ofRunning } } };
}
