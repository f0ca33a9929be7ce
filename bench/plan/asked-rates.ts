import { Failure } from '../model/failure.ts';
import { wordHint } from '../model/nearest.ts';
import type { Plan } from '../model/plan.ts';
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
 * @throws {Failure} usage: a rate for a server that nobody knows.
 */
export function askedRates(
  asked: Options['rates'],
  { servers, profiles }: Pick<Plan, 'servers' | 'profiles'>,
  name: string,
): AskedRates {
  if (asked === undefined || asked === 'auto') return {};
  const known = [...new Set([...servers, ...ownServers])];
  const stranger =
    typeof asked === 'number' ? undefined : Object.keys(asked).find((it) => !known.includes(it));
  if (stranger !== undefined) {
    throw new Failure('usage', `${name}: unknown server "${stranger}"`, {
      hint: wordHint(stranger, known, 'Servers'),
    });
  }
  if (!profiles.some(({ load }) => load === 'paced')) {
    return { useless: 'is for the steady profile, which the plan does not have' };
  }
  const rates = servers.flatMap((server) => {
    const rate = typeof asked === 'number' ? asked : asked[server];
    return rate === undefined ? [] : [[server, rate] as const];
  });
  return rates.length === 0
    ? { useless: `has no rate for ${servers.join(' or ')}` }
    : { rates: Object.fromEntries(rates) };
}
