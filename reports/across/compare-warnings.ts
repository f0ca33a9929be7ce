import { formatCount } from '../../bench/model/format.ts';
import type { RunRecord } from '../../bench/model/run-record.ts';
import type { Warning } from '../../bench/model/warning.ts';

/** A run under the name that it has in a comparison: A, B, … */
export interface NamedRun extends RunRecord {
  readonly name: string;
}

/** What a reader of compared runs must know of them. */
export function compareWarnings(runs: readonly NamedRun[]): Warning[] {
  const versions = new Set(runs.map(({ run }) => run.environment.benchVersion));
  const otherVersions: readonly Warning[] =
    versions.size === 1
      ? []
      : [
          {
            code: 'other-bench-version',
            message: `The runs were measured by several versions of bench: ${runs
              .map(({ name, run }) => `${name} by ${run.environment.benchVersion}`)
              .join(', ')}.`,
            hint: 'Their method is the same. The changelog says what else differs between the versions.',
          },
        ];
  const partial = runs
    .filter(({ run }) => run.state !== 'complete')
    .map(
      ({ name, run }): Warning => ({
        code: 'partial-run',
        message: `${name} is partial${run.stateReason === undefined ? '' : `: ${run.stateReason}`}.`,
        hint: 'Its comparisons rest on the rounds that ended before.',
      }),
    );
  return [...otherVersions, ...partial, ...rateWarnings(runs)];
}

/** Rates that a run finds follow from its machine. Beyond this factor they are told: CPU a request depends on the rate. */
const tolerableFactor = 1.1;

function rateWarnings(runs: readonly NamedRun[]): readonly Warning[] {
  const loads = [
    { load: 'equal rate', ratesOf: ({ run }: NamedRun) => run.rates },
    { load: 'open load', ratesOf: ({ run }: NamedRun) => run.pacedRates },
  ];
  return loads.flatMap(({ load, ratesOf }) => {
    const servers = [...new Set(runs.flatMap((it) => Object.keys(ratesOf(it) ?? {})))];
    return servers.flatMap((server): Warning[] => {
      const rates = runs.flatMap((it) => {
        const rate = ratesOf(it)?.[server];
        return rate === undefined ? [] : [{ name: it.name, rate }];
      });
      const values = rates.map(({ rate }) => rate);
      if (Math.max(...values) <= tolerableFactor * Math.min(...values)) return [];
      return [
        {
          code: 'other-rate',
          message: `The ${load} of ${server} differs: ${rates
            .map(({ name, rate }) => `${formatCount(rate)} requests/s in ${name}`)
            .join(', ')}.`,
          hint: 'Overheads at an equal rate depend on it. Give all runs one rate with --rate.',
        },
      ];
    });
  });
}
