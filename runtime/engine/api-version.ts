import { Failure } from '../../bench/model/failure.ts';

/** The API versions that bench is written for. Every field that it uses exists from `oldest` on. */
export const spokenApi = { oldest: '1.41', newest: '1.47' } as const;

interface OfferedApi {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly MinAPIVersion?: string | undefined;
}

/**
 * The newest API version that both sides speak: engines from 20.10 (1.41) to 29 (which refuses below 1.44).
 * Throws a `Failure` (`unfit`) when there is none.
 */
export function chooseApiVersion(offered: OfferedApi): string {
  const newest = compare(offered.ApiVersion, spokenApi.newest) < 0 ? offered.ApiVersion : spokenApi.newest;
  const tooOld = compare(newest, spokenApi.oldest) < 0;
  const tooNew = offered.MinAPIVersion !== undefined && compare(newest, offered.MinAPIVersion) < 0;
  if (tooOld || tooNew) {
    throw new Failure(
      'unfit',
      `engine ${offered.Version} speaks API ${offered.MinAPIVersion ?? '?'} to ${offered.ApiVersion}; ` +
        `bench speaks ${spokenApi.oldest} to ${spokenApi.newest}`,
      { hint: tooOld ? 'Upgrade the engine to 20.10 or newer.' : 'Upgrade bench.' },
    );
  }
  return newest;
}

/** Below 0 when `left` is older. Versions are MAJOR.MINOR. */
function compare(left: string, right: string): number {
  const [leftMajor = 0, leftMinor = 0] = left.split('.').map(Number);
  const [rightMajor = 0, rightMinor = 0] = right.split('.').map(Number);
  return leftMajor - rightMajor || leftMinor - rightMinor;
}
