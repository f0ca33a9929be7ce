import type { LoadProfile } from '../model/profile.ts';
import type { ServerName } from '../model/server.ts';
import { probeSeconds, probesEach } from '../plan/plan-duration.ts';
import { type Measuring, type Tally, warmUp } from './bout.ts';

interface FindingRates extends Measuring {
  readonly rates: Map<ServerName, number>;
  readonly recorder: { noteRates(rates: Readonly<Record<ServerName, number>>): Promise<void> };
}

/**
 * Share of what the slowest path carries. At this rate nothing waits for a processor there, and all paths
 * bear it.
 */
const shareOfCapacity = 0.5;

/**
 * The rates of paced load, one for each server and the same on all of its paths. The plan's requested rate is
 * used, else half of what the slowest path carries under a closed loop, with two digits. Each rate is found
 * once, in the first round in which the server answers.
 * @returns seconds under load that it took.
 */
export async function findRates(
  collection: FindingRates,
  standings: ReadonlyMap<string, Tally>,
): Promise<number> {
  const { plan, rates, signal, recorder } = collection;
  const paced = plan.profiles.find(({ load }) => load === 'paced');
  if (paced === undefined || signal.aborted) return 0;
  const known = rates.size;
  let seconds = 0;
  for (const server of plan.servers) {
    if (rates.has(server)) continue;
    const asked = plan.rates?.[server];
    const found = asked === undefined ? await slowest(server, paced, collection, standings) : undefined;
    seconds += found?.loadSeconds ?? 0;
    const rate = asked ?? (found && Number((found.capacity * shareOfCapacity).toPrecision(2)));
    if (rate !== undefined && rate > 0) rates.set(server, rate);
  }
  if (rates.size > known) await recorder.noteRates(Object.fromEntries(rates));
  return seconds;
}

/**
 * Requests/s of the slowest path of a server. Each path bears load several times, with the other paths in between, and its
 * best rate counts: what the machine does in one of these moments does not set the rate of a whole run. Paths that do not
 * answer are ignored.
 */
async function slowest(
  server: ServerName,
  profile: LoadProfile,
  collection: Measuring,
  standings: ReadonlyMap<string, Tally>,
): Promise<{ readonly capacity: number; readonly loadSeconds: number } | undefined> {
  const own = [...standings.values()].filter(
    ({ outcome }) => outcome.ok && outcome.deployed.order.deployment.server === server,
  );
  const best = new Map<Tally, number>();
  let loadSeconds = 0;
  for (const standing of Array.from({ length: probesEach }, () => own).flat()) {
    if (collection.signal.aborted) return undefined;
    const warm = await warmUp(collection, standing, profile, probeSeconds, Number.MAX_SAFE_INTEGER);
    loadSeconds += warm.loadSeconds;
    if (warm.responses === 0) continue;
    best.set(standing, Math.max(best.get(standing) ?? 0, warm.responses / warm.loadSeconds));
  }
  return best.size === 0 ? undefined : { capacity: Math.min(...best.values()), loadSeconds };
}
