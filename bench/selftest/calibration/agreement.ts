import * as z from 'zod';
import { asValues } from '../../../reports/statistics/location.ts';
import { hodgesLehmann, signedRank, signedRankInterval } from '../../../reports/statistics/signed-rank.ts';
import { madeSchema } from '../../model/calibration.ts';

/** One client's figures of one server in one round. */
export interface Seen {
  /** Closed loop, many connections. */
  readonly throughputRps: number;
  /** The server's CPU time a request, in the same loop. */
  readonly cpuServerUs: number;
  /** Closed loop, one connection. */
  readonly latencyP50Us: number;
}

/** Both clients' figures of both servers in one round. */
export interface AgreementRound {
  readonly bench: { readonly host: Seen; readonly bridge: Seen };
  readonly wrk: { readonly host: Seen; readonly bridge: Seen };
}

const intervalSchema = z.strictObject({
  value: z.number().describe('The estimate, in what `what` says.'),
  low: z.number().describe('Lower bound of its interval.'),
  high: z.number().describe('Upper bound of its interval.'),
});
type Interval = z.infer<typeof intervalSchema>;

const agreedSchema = z.strictObject({
  what: z
    .enum(['capacity_ratio', 'cpu_server_difference_us', 'latency_p50_difference_us'])
    .describe('Bridge mode against host mode: a ratio, or a difference in µs.'),
  bench: intervalSchema.describe("By bench's load agent."),
  wrk: intervalSchema.describe('By wrk.'),
  difference: intervalSchema.describe("bench's less wrk's, round by round; of the ratio on the log scale."),
  agree: z.boolean().describe('The interval of the difference contains 0.'),
});
/** One figure of bridge mode against host mode by both clients, and the difference between the clients. */
export type Agreed = z.infer<typeof agreedSchema>;

export const agreeDocumentSchema = z
  .strictObject({
    made: madeSchema,
    rounds: z.int().min(1).describe('Of each run.'),
    runs: z.array(z.array(agreedSchema)).describe('Each run, figure by figure.'),
    agreeing: z.int().describe('Runs in which both clients agree on every figure.'),
  })
  .meta({
    title: 'npm run agree -- --json',
    description: 'A second opinion: wrk and the load agent measure the same servers by turns.',
  });

type Client = AgreementRound['bench'];

const figures = {
  capacity_ratio: ({ host, bridge }: Client) => Math.log(bridge.throughputRps / host.throughputRps),
  cpu_server_difference_us: ({ host, bridge }: Client) => bridge.cpuServerUs - host.cpuServerUs,
  latency_p50_difference_us: ({ host, bridge }: Client) => bridge.latencyP50Us - host.latencyP50Us,
} as const satisfies Record<Agreed['what'], (client: Client) => number>;

/**
 * Do two clients agree about two servers? Hodges–Lehmann estimates and signed-rank intervals over the rounds,
 * as everywhere. The interval of the paired differences between the clients decides.
 * @param rounds at least one.
 */
export function agreement(rounds: readonly AgreementRound[], confidence: number): readonly Agreed[] {
  return (Object.keys(figures) as Agreed['what'][]).map((what): Agreed => {
    const of = figures[what];
    const over = (figure: (round: AgreementRound) => number) => intervalOf(rounds.map(figure), confidence);
    const difference = over((round) => of(round.bench) - of(round.wrk));
    const shown = what === 'capacity_ratio' ? exponentiated : (it: Interval) => it;
    return {
      what,
      bench: shown(over((round) => of(round.bench))),
      wrk: shown(over((round) => of(round.wrk))),
      difference,
      agree: difference.low <= 0 && difference.high >= 0,
    };
  });
}

function intervalOf(values: readonly number[], confidence: number): Interval {
  const present = asValues(values);
  if (present === undefined) throw new Error('an agreement needs at least one round');
  const ranked = signedRank(present);
  const { low, high } = signedRankInterval(ranked, confidence);
  return { value: hodgesLehmann(ranked), low, high };
}

function exponentiated({ value, low, high }: Interval): Interval {
  return { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high) };
}
