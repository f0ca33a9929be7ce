import type { NetworkMode } from '../model/path.ts';
import type { Plan } from '../model/plan.ts';
import type { ProfileName } from '../model/profile.ts';

/** What a run does when nobody says otherwise. Its length is chosen by measurement; `planDuration` predicts it. */
export const planDefaults = {
  servers: ['nginx', 'apache'],
  /** As a client over the virtual link sees them; the baseline, host mode, is always added. */
  modes: ['host', 'bridge', 'mapped'],
  profiles: ['latency', 'steady', 'throughput'],
  rounds: 10,
  blocks: 2,
  sliceSeconds: 0.18,
  turnSeconds: 0.03,
  rampSeconds: 0.02,
  warmupSeconds: 1,
  bodyBytes: 1024,
  confidence: 0.95,
} as const satisfies Omit<Plan, 'servers' | 'comparisons' | 'profiles' | 'seed' | 'stopping'> & {
  readonly servers: Plan['servers'];
  readonly modes: readonly NetworkMode[];
  readonly profiles: readonly ProfileName[];
};
