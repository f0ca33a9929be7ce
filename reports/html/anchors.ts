import type { Overhead } from '../../bench/model/summary.ts';

/** The ids of the page's sections, in their order, with their names in the list of contents. */
export const sections = {
  results: 'All results',
  waterfall: 'Layers',
  latency: 'Slow requests',
  noise: 'Noise check',
  evidence: 'Path evidence',
  discarded: 'Discarded',
  limits: 'CPU and limits',
  beside: 'Besides requests',
  sweep: 'Connections',
  slices: 'Time order',
  environment: 'Machine',
  method: 'Method',
  words: 'Words',
  files: 'Data',
} as const;
export type SectionId = keyof typeof sections;

/** The id of the row that has everything about one main result. */
export function resultAnchor({ server, profile, path, baseline }: Overhead): string {
  return ['result', server, profile, path, 'against', baseline].join('-').replaceAll('/', '-');
}

/** The id of a deployment's row of path evidence. */
export function evidenceAnchor(deployment: string): string {
  return `evidence-${deployment.replaceAll(/[^a-z0-9]+/g, '-')}`;
}
