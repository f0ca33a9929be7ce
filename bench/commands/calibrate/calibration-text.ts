import type { Calibration } from '../../model/calibration.ts';
import { formatDuration, formatPercent } from '../../model/format.ts';
import { metric } from '../../model/metric.ts';

/** The results of a calibration as text for people. */
export function calibrationText(calibration: Calibration): string {
  const { noise, falseAlarms, onePerCent, rounds, machine } = calibration;
  const columns = noise.map((it) => [
    `${it.server} ${it.profile}`,
    metric(it.metric).label + (it.declared ? '' : ' (not declared)'),
    `±${formatPercent(it.floor)}`,
  ]);
  const widths = [0, 1].map((column) => Math.max(0, ...columns.map((cells) => cells[column]?.length ?? 0)));
  const lines = columns.map((cells) => `  ${cells.map((it, at) => it.padEnd(widths[at] ?? 0)).join('  ')}`);
  return [
    `This machine (${machine.cpuModel}, ${machine.cpuCount} CPUs, kernel ${machine.kernel}), from ${rounds} rounds of identical servers`,
    '',
    'Noise floor: the expected 95 % interval of a run of the default length',
    ...lines,
    '',
    falseAlarms === undefined
      ? 'False alarms: unknown, there were too few rounds. Give it more time, e.g. --time 5m'
      : `False alarms: ${formatPercent(falseAlarms.different)} of ${falseAlarms.draws} draws of ${falseAlarms.rounds} rounds had an interval that excludes 1 (at most 5 % should), ` +
        `${formatPercent(falseAlarms.slowerOrFaster)} had the verdict slower or faster`,
    '',
    'A ±1 % interval of one path against its baseline (--precision 1%) takes',
    ...onePerCent.map(
      (it) => `  ${it.server} ${it.profile}: about ${formatDuration(it.seconds, 0)} (${it.rounds} rounds)`,
    ),
    ...(onePerCent.length === 0 ? ['  more rounds than a run can have: this machine is too noisy'] : []),
  ]
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

/** The worst noise floor of a declared metric, for a reader who reads one line only. */
export function worstFloor({ noise }: Calibration): number | undefined {
  const floors = noise.filter(({ declared }) => declared).map(({ floor }) => floor);
  return floors.length === 0 ? undefined : Math.max(...floors);
}
