import type { ArrivalKind } from '../model/arrivals.ts';
import { Failure } from '../model/failure.ts';
import { wordHint } from '../model/nearest.ts';
import type { Plan } from '../model/plan.ts';
import { present } from '../model/present.ts';
import { ownServers } from '../model/server.ts';
import type { Options } from './options.ts';

/** The requested rates of paced load, as far as the plan has a use for them. */
interface AskedRates {
  /** Absent where the run finds all rates itself. */
  readonly rates?: NonNullable<Plan['rates']>;
  /** Why none of the requested rates is of use. The text follows the name of the option. */
  readonly useless?: string;
}

/**
 * @param asked one rate for all servers of the plan, or one for each. `auto` requests no rate.
 * @param name of the option, as the user gave it.
 * @throws {Failure} usage: a rate for an unknown server.
 */
export function askedRates(
  asked: Options['rates'],
  { servers, profiles }: Pick<Plan, 'servers' | 'profiles'>,
  name: string,
): AskedRates {
  if (asked === undefined || asked === 'auto') return {};
  assertKnown(asked, servers, name);
  if (!profiles.some(({ load }) => load === 'paced')) {
    return { useless: 'is for the steady profile, which the plan does not have' };
  }
  return ratesFor(asked, servers);
}

/**
 * The load of the paced profile, and why a requested setting of it is of no use.
 * @param asked its options as given, without defaults.
 * @param usual the defaults.
 * @param name of the option of the rate, as the user gave it.
 * @throws {Failure} usage: a rate for an unknown server.
 */
export function askedPaced(
  asked: PacedOptions,
  usual: { readonly pacedRate: string; readonly arrivals: ArrivalKind },
  { servers, profiles }: Pick<Plan, 'servers' | 'profiles'>,
  name: string,
): { readonly paced?: NonNullable<Plan['paced']>; readonly useless: readonly Useless[] } {
  assertKnown(asked.pacedRate, servers, name);
  if (!profiles.some(({ load }) => load === 'open')) {
    const why = 'is for the paced profile, which the plan does not have';
    const keys = ['pacedRate', 'arrivals', 'quantile'] as const;
    return { useless: keys.flatMap((key) => (asked[key] === undefined ? [] : [{ key, why }])) };
  }
  const { pacedRate = usual.pacedRate, arrivals = usual.arrivals } = asked;
  const share = shareOf(typeof pacedRate === 'string' ? pacedRate : usual.pacedRate);
  if (typeof pacedRate === 'string') return { paced: { arrivals, share }, useless: [] };
  const { rates, useless } = ratesFor(pacedRate, servers);
  return {
    paced: { arrivals, share, ...present({ rates }) },
    useless: useless === undefined ? [] : [{ key: 'pacedRate', why: useless }],
  };
}

type PacedOptions = {
  readonly [K in 'pacedRate' | 'arrivals' | 'quantile']: Options[K] | undefined;
};

/** An option that was given in vain. The text follows its name. */
interface Useless {
  readonly key: keyof PacedOptions;
  readonly why: string;
}

/** `50%` is 0.5. */
function shareOf(text: string): number {
  return Number((Number(text.replace('%', '')) / 100).toPrecision(12));
}

function assertKnown(asked: Options['pacedRate'], servers: Plan['servers'], name: string): void {
  if (typeof asked !== 'object') return;
  const known = [...new Set([...servers, ...ownServers])];
  const stranger = Object.keys(asked).find((it) => !known.includes(it));
  if (stranger === undefined) return;
  throw new Failure('usage', `${name}: unknown server "${stranger}"`, {
    hint: wordHint(stranger, known, 'Servers'),
  });
}

function ratesFor(
  asked: Exclude<Options['rates'], 'auto' | undefined>,
  servers: Plan['servers'],
): AskedRates {
  const rates = servers.flatMap((server) => {
    const rate = typeof asked === 'number' ? asked : asked[server];
    return rate === undefined ? [] : [[server, rate] as const];
  });
  return rates.length === 0
    ? { useless: `has no rate for ${servers.join(' or ')}` }
    : { rates: Object.fromEntries(rates) };
}
