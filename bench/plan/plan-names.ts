/**
 * bench's own plans, and what each measures. The help, the completion and the page of plans show these lines.
 * This table loads no library.
 */
export const ownPlans = {
  quick: 'A first verdict within a minute: nginx, bridge against host.',
  default: 'What is measured without a plan: nginx and Apache, bridge and mapped against host.',
  nightly: 'The default with six times as many rounds, for intervals less than half as wide.',
  waterfall: 'What each layer adds to the one before it, from a plain process to docker-proxy.',
  paths: 'Every path that a client can take.',
  'two-addresses': 'Host mode twice on one port, at two addresses.',
} as const;

export type PlanName = keyof typeof ownPlans;
export const planNames = Object.keys(ownPlans) as [PlanName, ...PlanName[]];
