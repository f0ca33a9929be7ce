import type { LoadProfile } from '../model/profile.ts';
import type { Run } from '../model/run.ts';
import type { ServerName } from '../model/server.ts';
import { probeSeconds, probesEach } from '../plan/plan-duration.ts';
import { type Measuring, type Tally, warmUp } from './bout.ts';

interface FindingRates extends Measuring {
  readonly rates: Map<ServerName, number>;
  readonly pacedRates: Map<ServerName, number>;
  readonly recorder: { noteRates(found: Pick<Run, 'rates' | 'pacedRates'>): Promise<void> };
}

/**
 * Share of what the slowest path carries, for paced load. At this rate nothing waits for a processor there, and all paths
 * bear it.
 */
const shareOfCapacity = 0.5;

/**
 * The rates of paced and of open load, one for each server and the same on all of its paths. The plan's
 * requested rate is used, else a share of what the slowest path carries under a closed loop, with two digits.
 * Each is found once, in the first round in which the server answers, and both rest on one search.
 * @returns seconds under load that it took.
 */
export async function findRates(
  collection: FindingRates,
  standings: ReadonlyMap<string, Tally>,
): Promise<number> {
  const { plan, signal, recorder, rates, pacedRates } = collection;
  const wanted = plan.profiles.flatMap((profile) => wantedRate(profile, collection) ?? []);
  if (signal.aborted) return 0;
  const known = rates.size + pacedRates.size;
  let seconds = 0;
  for (const server of plan.servers) {
    const missing = wanted.filter((it) => !it.known.has(server));
    const unasked = missing.find(({ asked }) => asked?.[server] === undefined);
    const found = unasked && (await slowest(server, unasked.profile, collection, standings));
    seconds += found?.loadSeconds ?? 0;
    for (const it of missing) {
      const rate = it.asked?.[server] ?? (found && Number((found.capacity * it.share).toPrecision(2)));
      if (rate !== undefined && rate > 0) it.known.set(server, rate);
    }
  }
  if (rates.size + pacedRates.size > known) {
    await recorder.noteRates({
      ...(rates.size === 0 ? {} : { rates: Object.fromEntries(rates) }),
      ...(pacedRates.size === 0 ? {} : { pacedRates: Object.fromEntries(pacedRates) }),
    });
  }
  return seconds;
}

interface WantedRate {
  readonly profile: LoadProfile;
  /** Where the rate of each server goes. */
  readonly known: Map<ServerName, number>;
  readonly asked: Readonly<Record<ServerName, number>> | undefined;
  /** Of what the slowest path carries, where no rate is asked for. */
  readonly share: number;
}

/** `undefined` for a load that has no rate. */
function wantedRate(
  profile: LoadProfile,
  { plan, rates, pacedRates }: Pick<FindingRates, 'plan' | 'rates' | 'pacedRates'>,
): WantedRate | undefined {
  switch (profile.load) {
    case 'paced':
      return { profile, known: rates, asked: plan.rates, share: shareOfCapacity };
    case 'open': {
      const { rates: asked, share = shareOfCapacity } = plan.paced ?? {};
      return { profile, known: pacedRates, asked, share };
    }
    case 'closed':
    case 'churn':
    case 'bulk':
      return undefined;
  }
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
