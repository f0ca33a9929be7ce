import { formatCount } from '../../bench/model/format.ts';
import { countsInSweep } from '../../bench/model/sweep.ts';
import type { ReportModel } from '../report-model.ts';

/** How many steps of a sweep do not count, and why the first does not. `undefined` where all count. */
export function uncountedSteps({ evidence }: Pick<ReportModel, 'evidence'>): string | undefined {
  const uncounted = evidence.flatMap(({ server, path, round, sweep = [] }) =>
    sweep
      .filter((step) => !countsInSweep(step))
      .map(
        ({ connections, problem = '' }) =>
          `${formatCount(connections)} connection${connections === 1 ? '' : 's'} to ${server} on ${path} in round ${round}: ${problem}`,
      ),
  );
  const [first] = uncounted;
  if (first === undefined) return undefined;
  return `Steps that do not count: ${formatCount(uncounted.length)}, the first ${first.replace(/\.$/, '')}.`;
}

/** Why a sweep that the plan asks for has no figures. `undefined` where it has some, or none is asked for. */
export function noSweepWords({
  run,
  summary,
  evidence,
}: Pick<ReportModel, 'run' | 'summary' | 'evidence'>): string | undefined {
  if (run.plan.sweep === undefined || summary.sweep !== undefined) return undefined;
  return `The sweep of connections has no figures. ${uncountedSteps({ evidence }) ?? 'The run ended before it.'}`;
}
