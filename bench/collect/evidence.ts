import type { Evidence } from '../model/evidence.ts';
import type { Deployed } from '../model/lab.ts';
import { counterFindings, type Growth } from './path-counters.ts';

/**
 * The evidence of one deployment in one round: where it stood, and what its counters grew by over all slices.
 * `unread` where no slice ran, so that no counter could grow.
 */
export function roundEvidence(round: number, deployed: Deployed, grown: Growth | undefined): Evidence {
  const { deployment } = deployed.order;
  const findings = [
    ...deployed.findings,
    ...(grown === undefined ? [] : counterFindings(deployed.claims, grown)),
  ];
  const contradicted = findings.some(({ holds }) => !holds);
  const complete = findings.length === deployed.claims.length;
  return {
    round,
    ...deployment,
    url: deployed.url,
    verdict: contradicted ? 'contradicted' : complete ? 'consistent' : 'unread',
    findings,
    raw: { ...deployed.raw, ...(grown === undefined ? {} : { growth: grown }) },
  };
}
