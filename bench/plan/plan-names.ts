/** A plan of bench's own, for its readers. */
interface OwnPlan {
  /** What it measures, in one line. */
  readonly says: string;
  /** The question that it answers. */
  readonly question: string;
}

/**
 * bench's own plans, as the help, the completion and the page of plans show them. `namedPlans` has their
 * options. This table loads no library.
 */
export const ownPlans = {
  quick: {
    says: 'A first verdict within a minute: nginx, bridge against host.',
    question: 'Does bridge mode cost anything on this machine?',
  },
  default: {
    says: 'What is measured without a plan: nginx and Apache, bridge and mapped against host.',
    question: 'What do bridge and mapped mode cost, for two servers under three loads?',
  },
  nightly: {
    says: 'The default, p99 latency, starts and connections, in four times as many rounds: intervals half as wide.',
    question: 'Is the cost still the same tonight, tails included?',
  },
  waterfall: {
    says: 'What each layer adds to the one before it, from a plain process to docker-proxy.',
    question: 'Which layer of the network takes the time?',
  },
  paths: {
    says: 'Every path that bench knows.',
    question: 'Which path to a server is the fastest?',
  },
  'two-addresses': {
    says: 'Host mode twice on one port, at two addresses.',
    question: 'Does it matter which of two addresses a server has?',
  },
} as const satisfies Record<string, OwnPlan>;

export type PlanName = keyof typeof ownPlans;
export const planNames = Object.keys(ownPlans) as [PlanName, ...PlanName[]];
