import type { Environment } from './environment.ts';
import type { Warning } from './warning.ts';

type SharedPinning = Extract<Environment['pinning'], { readonly kind: 'shared' }>;

/** Said before the first round, and in every report. */
export function sharedPinningWarning({ discarded, untouched }: SharedPinning): Warning {
  if (untouched === true) {
    return {
      code: 'shared-pinning',
      message: 'The container keeps its CPUs, and the load generator may run on the same ones.',
      hint: 'Each takes time from the other, on every path.',
    };
  }
  const shared = 'Server and load generator share their CPUs';
  return {
    code: 'shared-pinning',
    message: discarded === undefined ? `${shared}.` : `${shared}: the engine says "${discarded}"`,
    hint:
      'Each takes time from the other, in every mode. ' +
      (discarded === undefined
        ? 'Use a machine with at least two CPUs.'
        : 'Mount the cgroup controller cpuset and restart the engine, so that it can set CPUs.'),
  };
}
