import { formatCount, formatPercent } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import { spokenName } from '../../bench/model/server.ts';
import { isMeasured } from '../../bench/model/summary.ts';
import { foreignLimits } from '../analysis/trust.ts';
import type { ReportModel } from '../report-model.ts';
import { baselineWords } from '../words/baseline-words.ts';
import { listed } from '../words/finding-words.ts';
import { leftOutCount } from '../words/overhead-words.ts';

/** One reason to trust a run, or not to: one line, with the place of its detail. */
export interface TrustMark {
  readonly passed: boolean;
  /** `Noise check passed.` */
  readonly title: string;
  readonly text: string;
  /** The id of the report's section that has the detail. */
  readonly section: 'noise' | 'evidence' | 'discarded' | 'limits';
}

/** The four questions that a doubting reader asks, in this order. */
export function trustMarks(model: ReportModel): readonly TrustMark[] {
  return [noise(model), evidence(model), machine(model), limit(model)];
}

/** Whether two identical servers measured the same. */
function noise({ run, summary }: ReportModel): TrustMark {
  const { name, again, missing } = baselineWords(run.plan);
  const differing = summary.warnings.filter(({ code }) => code === 'twin-differs').length;
  const blind = summary.warnings.some(({ code }) => code === 'twin-blind');
  const measured = summary.twin.filter((it) => it.declared && isMeasured(it)).length;
  const section = 'noise';
  if (measured === 0) {
    return {
      ...{ passed: false, section, title: 'No noise check.' },
      text: `${missing}, so false alarms cannot be ruled out.`,
    };
  }
  if (differing > 0) {
    return {
      ...{ passed: false, section, title: 'Noise check failed' },
      text: `in ${differing} of ${measured} tests: ${name} differed from ${again}.`,
    };
  }
  if (blind) {
    return {
      ...{ passed: false, section, title: 'Noise check too short.' },
      text: 'With so few rounds it could not have failed.',
    };
  }
  return {
    ...{ passed: true, section, title: 'Noise check passed.' },
    text:
      run.plan.service?.running === undefined
        ? 'Host mode did not differ from its second copy.'
        : 'No path differed from a second measurement of itself.',
  };
}

/** Whether the packets took the paths that the table names. */
function evidence({ summary: { evidence: found } }: ReportModel): TrustMark {
  const { consistent, contradicted, unread } = found;
  const all = formatCount(consistent + contradicted + unread);
  const section = 'evidence';
  if (consistent + contradicted + unread === 0) {
    return {
      ...{ passed: false, section, title: 'No path evidence.' },
      text: 'Nothing shows which way the packets took.',
    };
  }
  if (contradicted + unread === 0) {
    return {
      ...{ passed: true, section, title: `Path proved in ${all} of ${all} deployments:` },
      text: 'kernel counters, interfaces and sockets agree.',
    };
  }
  const wrong = contradicted === 0 ? '' : `${formatCount(contradicted)} took another path. `;
  const dark = unread === 0 ? '' : `${formatCount(unread)} could not be read.`;
  return {
    ...{ passed: false, section, title: `Path proved in ${formatCount(consistent)} of ${all} deployments.` },
    text: `${wrong}${dark}`.trim(),
  };
}

/** Whether the machine was quiet, and how much was discarded. */
function machine({ summary, timeline }: ReportModel): TrustMark {
  if (timeline.length === 0) {
    return {
      ...{ passed: false, section: 'discarded', title: 'Nothing was measured.' },
      text: 'The run has no slice.',
    };
  }
  const lost = leftOutCount(summary);
  const { foreign } = summary;
  const busy = foreign !== undefined && foreign.share > foreignLimits.warning;
  const others =
    foreign === undefined ? '' : ` Other processes took ${formatPercent(foreign.share)} of the CPU.`;
  const disturbed = summary.warnings.some(
    ({ code }) => code === 'disturbed-blocks' || code === 'failed-slices',
  );
  return {
    ...{ passed: !busy && !disturbed, section: 'discarded' },
    title: busy
      ? 'The machine was busy.'
      : disturbed
        ? 'The machine was disturbed.'
        : 'The machine was quiet.',
    text: `${formatCount(lost)} of ${formatCount(timeline.length)} slices discarded.${others}`,
  };
}

/** Whose CPU set the capacity, where a run measured one. */
function limit({ run: { plan }, summary }: ReportModel): TrustMark {
  const section = 'limits';
  const late = summary.overheads.filter(
    (it) => it.declared && it.verdict === undefined && metric(it.metric).kind === 'tail',
  );
  const [quantile] = late;
  if (quantile !== undefined) {
    const servers = plan.servers.filter((server) => late.some((it) => it.server === server));
    return {
      ...{ passed: false, section },
      title: `The ${metric(quantile.metric).label} was not measured for ${listed(servers.map(spokenName))}:`,
      text: 'the load generator sent its requests late. Other results are not affected.',
    };
  }
  const capacities = summary.overheads.filter((it) => it.declared && it.metric === 'throughput_rps');
  const byAgent = summary.cases.some((it) => it.profile === 'bulk' && it.limit === 'agent');
  if (capacities.length === 0 && byAgent) {
    return {
      ...{ passed: true, section, title: 'The load generator was the limit of the MB/s:' },
      text: 'they say what it takes in. CPU time a MB is not affected.',
    };
  }
  if (capacities.length === 0) {
    return {
      ...{ passed: true, section, title: 'The load generator limited nothing:' },
      text: 'this run asked for no capacity.',
    };
  }
  const unmeasured = capacities.filter((it) => !isMeasured(it) || it.verdict === undefined);
  if (unmeasured.length === 0) {
    return {
      ...{ passed: true, section, title: 'Capacity is the server’s own:' },
      text: 'its CPU was always busy.',
    };
  }
  const servers = plan.servers.filter((server) => unmeasured.some((it) => it.server === server));
  return {
    ...{
      passed: false,
      section,
      title: `Capacity not measured for ${listed(servers.map((it) => spokenName(it)))}:`,
    },
    text: 'the server’s CPU was not the limit. Other results are not affected.',
  };
}
