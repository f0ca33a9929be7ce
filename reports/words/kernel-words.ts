import { formatCount, formatNumber } from '../../bench/model/format.ts';
import { kernelCounters } from '../../bench/model/kernel-counters.ts';
import { pathOf } from '../../bench/model/path.ts';
import { spokenName } from '../../bench/model/server.ts';
import type { KernelDifference, Summary } from '../../bench/model/summary.ts';
import { pathLabel } from './path-words.ts';

/** Each counter of the kernel that may explain a figure, in a sentence. */
export function kernelWords({ kernel = [] }: Partial<Pick<Summary, 'kernel'>>): readonly string[] {
  return kernel.map(differenceWords);
}

function differenceWords(it: KernelDifference): string {
  const { counter, events, baselineEvents, server, path, baseline } = it;
  const { scope, counted, per } = kernelCounters[counter];
  const seen = `${valueWords(events, per)} ${counted} a ${per}`;
  const rounds = `(in ${it.differingRounds} of ${it.rounds} rounds)`;
  if (path === undefined || server === undefined || baseline === undefined || baselineEvents === undefined) {
    const where = scope === 'agent' ? "The load generator's stack, all paths together" : 'The host';
    return `${where}: ${seen} ${rounds}.`;
  }
  const shared =
    scope === 'stack' && sharesStack(baseline) ? ', in the stack that all of the host shares' : '';
  return `${spokenName(server)}, ${pathLabel(path)}: ${seen}; ${pathLabel(baseline)}: ${valueWords(baselineEvents, per)}${shared} ${rounds}.`;
}

function valueWords(value: number, per: 'round' | 'request'): string {
  return per === 'request' ? formatNumber(value, 2) : formatCount(value);
}

function sharesStack(path: string): boolean {
  const { mode } = pathOf(path);
  return mode === 'host' || mode === 'native';
}
