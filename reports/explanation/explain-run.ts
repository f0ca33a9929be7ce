import type { Figure } from '../../bench/model/figure.ts';
import { formatPercent, formatValue } from '../../bench/model/format.ts';
import { marginOf } from '../../bench/model/metric.ts';
import { present } from '../../bench/model/present.ts';
import type { ProfileName } from '../../bench/model/profile.ts';
import { isMeasured, type MeasuredOverhead, type Summary } from '../../bench/model/summary.ts';
import { foreignShare } from '../../bench/model/validity-rules.ts';
import { excessOf, widestDeclared } from '../analysis/advice.ts';
import { declaredPrecisions } from '../analysis/declared-precision.ts';
import { measuredShare } from '../analysis/summarise.ts';
import { foreignLimits, stretchesOf } from '../analysis/trust.ts';
import { roundsToTell } from '../analysis/verdict.ts';
import { formulaText } from '../words/formulas.ts';
import { stopWords } from '../words/stop-words.ts';
import {
  count,
  type ExplainedFigure,
  explainedFigure,
  known,
  quantity,
  type Reported,
  row,
  step,
  type Told,
} from './explained.ts';
import { overheadName } from './figure-names.ts';
import { runSliceFigures } from './slice-counts.ts';

/** The figures of the report about the run as a whole. */
export function runFigures(reported: Reported): readonly ExplainedFigure[] {
  return [
    ...measuredShareFigure(reported),
    ...roundsFigure(reported),
    ...precisionFigure(reported),
    ...foreignFigure(reported),
    ...rateFigures(reported),
    ...adviceFigure(reported),
    ...runSliceFigures(reported),
  ];
}

function runFigure(
  name: string,
  told: Pick<Figure, 'shown' | 'reported'>,
  explain: () => Told,
): readonly ExplainedFigure[] {
  return [explainedFigure({ figure: `run:${name}`, kind: 'run', ...told, declared: true }, explain)];
}

function measuredShareFigure({ recorded: { run }, analysis, summary }: Reported): readonly ExplainedFigure[] {
  const { timing } = run;
  const share = summary.measuredShare;
  if (timing === undefined || share === undefined) return [];
  return runFigure(
    'measured-share',
    { shown: formatPercent(share), reported: { measured_share: share } },
    () => {
      const computed = measuredShare(run);
      const measured = analysis.slices.filter((slice) => slice.status !== 'failed');
      const recordedSeconds = measured.reduce((sum, it) => sum + it.wallSeconds + it.rampSeconds, 0);
      return {
        question: 'How much of the run’s time lies inside slices and their ramps',
        reported: computed === undefined ? {} : { measured_share: computed },
        steps: [
          step(
            'Times',
            [
              'By the clock of the collecting loop, as written in run.json. The rest of the time is deploying, getting ready, ' +
                'reading evidence and tearing down.',
            ],
            [
              row('inside slices and ramps, warm-up included', { '': quantity(timing.slicesSeconds, 's') }),
              row('from the start of the command to the last slice torn down', {
                '': quantity(timing.totalSeconds, 's'),
              }),
              row('windows and ramps of the recorded slices', {
                '': quantity(recordedSeconds, 's'),
                slices: count(measured.length),
              }),
            ],
          ),
          step('Share', ['The first over the second.'], [row('measured', { '': known(computed, 'share') })]),
        ],
      };
    },
  );
}

/** The rounds that the comparisons used, not those that were only planned. */
function roundsFigure({ recorded: { run }, summary }: Reported): readonly ExplainedFigure[] {
  const compared = [
    ...summary.overheads.map((overhead) => ({ overhead, role: 'contender' as const })),
    ...summary.twin.map((overhead) => ({ overhead, role: 'twin' as const })),
  ].flatMap(({ overhead, role }) => (isMeasured(overhead) ? [{ overhead, role }] : []));
  const rounds = compared.map(({ overhead }) => overhead.rounds);
  if (rounds.length === 0) return [];
  const reported = { fewest: Math.min(...rounds), most: Math.max(...rounds) };
  const { fewest, most } = reported;
  const shown = fewest === most ? `${most} rounds` : `${fewest} to ${most} rounds`;
  return runFigure('rounds', { shown, reported }, () => ({
    question: 'How many rounds the intervals rest on: their n',
    reported,
    steps: [
      step(
        'Comparisons',
        [
          `The plan: ${run.plan.stopping === undefined ? '' : 'at most '}${run.plan.rounds}. A round counts for a comparison where both ` +
            'sides have a figure in it.',
        ],
        compared
          .filter(({ overhead }) => overhead.declared)
          .map(({ overhead, role }) =>
            row(overheadName(overhead, role, run.plan), { rounds: count(overhead.rounds) }),
          ),
      ),
      step(
        'Range',
        ['Over all comparisons on all metrics.'],
        [row('fewest', { '': count(fewest) }), row('most', { '': count(most) })],
      ),
    ],
  }));
}

/** How tight the widest declared interval was when a run with a requested precision stopped. */
function precisionFigure({ recorded }: Reported): readonly ExplainedFigure[] {
  const { stop } = recorded.run;
  const words = stopWords(recorded.run);
  if (stop?.halfWidth === undefined || words === undefined) return [];
  const reported = { half_width: stop.halfWidth };
  return runFigure('precision', { shown: `±${formatPercent(stop.halfWidth)}`, reported }, () => ({
    question: 'How tight the declared intervals were at the last look',
    reported,
    steps: [
      step(
        'The last look',
        [words, formulaText('lookLevel')],
        [row('widest half-width', { '': quantity(reported.half_width, 'share') })],
      ),
      step(
        'All rounds',
        [
          'The same from all that was recorded, also after the last look: half of each interval’s width over its ratio.',
        ],
        declaredPrecisions(recorded).map(({ server, profile, path, rounds, halfWidth }) =>
          row([server, profile, path].join(':'), {
            '': known(halfWidth, 'share'),
            rounds: count(rounds),
          }),
        ),
      ),
    ],
  }));
}

/** CPU time that other processes used over all blocks, including those that do not count. */
function foreignFigure({ analysis, summary: { foreign } }: Reported): readonly ExplainedFigure[] {
  if (foreign === undefined) return [];
  const { share, processes } = foreign;
  return runFigure('foreign', { shown: formatPercent(share), reported: { share } }, () => {
    const groups = analysis.groups.map(({ figures }) => figures);
    const again = foreignShare(stretchesOf(groups));
    return {
      question: "How much of the machine's CPU time others used while the run measured",
      reported: again === undefined ? {} : { share: again },
      steps: [
        step(
          'Groups',
          [formulaText('foreign'), 'Of all blocks, those included that do not count.'],
          groups.map((figures) => {
            const own = stretchesOf([figures]);
            const { server, profile, baselinePath } = figures.group;
            const sum = (of: (it: (typeof own)[number]) => number) =>
              own.reduce((total, it) => total + of(it), 0);
            return row([server, profile.name, baselinePath].join(':'), {
              '': known(foreignShare(own), 'share'),
              foreign: quantity(
                sum(({ foreignSeconds = 0 }) => foreignSeconds),
                's',
              ),
              'CPU time': quantity(
                sum(({ wallSeconds, cpus }) => wallSeconds * cpus),
                's',
              ),
            });
          }),
        ),
        step(
          'Run',
          [
            `Above ${formatPercent(foreignLimits.warning)} the run warns, above ${formatPercent(foreignLimits.untrusted)} every verdict is untrusted.`,
          ],
          [
            row('all groups', { '': known(again, 'share') }),
            ...processes.map((it) => row(it.name, { '': quantity(it.share, 'share') })),
          ],
        ),
      ],
    };
  });
}

/** The rates of the steady and of the paced profile. */
function rateFigures({ recorded: { run }, summary }: Reported): readonly ExplainedFigure[] {
  const { rates = {}, paced } = run.plan;
  const share = paced === undefined ? '' : formatPercent(paced.share);
  return [
    ...ratesOf('steady', 'rate', summary.rates, rates, 'Half'),
    ...ratesOf('paced', 'paced-rate', summary.pacedRates, paced?.rates, share),
  ];
}

/** @param part of what the slowest path carried. */
function ratesOf(
  profile: ProfileName,
  name: string,
  rates: Summary['rates'],
  asked: Summary['rates'] = {},
  part: string,
): readonly ExplainedFigure[] {
  return Object.entries(rates ?? {}).flatMap(([server, rate]) => {
    const reported = { rate };
    return runFigure(`${name}-${server}`, { shown: formatValue(rate, 'rps'), reported }, () => ({
      question: `At which rate ${server} is asked on every path under the ${profile} profile`,
      reported,
      steps: [
        step(
          'Rate',
          [
            server in asked
              ? 'It was asked for.'
              : `${part} of what the slowest path carried in the unrecorded warm-up of the first round, with two digits.`,
          ],
          [row(server, { '': quantity(rate, 'rps') })],
        ),
      ],
    }));
  });
}

/** About how many rounds narrow the widest declared interval to its margin. */
function adviceFigure({ recorded: { run }, analysis, summary }: Reported): readonly ExplainedFigure[] {
  const { advice } = summary;
  const widest = widestDeclared(analysis.groups);
  if (advice === undefined || widest === undefined) return [];
  const reported = adviceNumbers(widest);
  return runFigure('advice', { shown: advice, reported }, () => ({
    question: 'How many rounds would narrow the widest declared interval to its margin',
    reported,
    steps: [
      step(
        'Declared comparisons',
        ['Half of each interval’s width, over the margin of its metric.'],
        summary.overheads.flatMap((overhead) =>
          overhead.declared && isMeasured(overhead)
            ? [
                row(overheadName(overhead, 'contender', run.plan), {
                  'half-width': quantity((overhead.ratioHigh - overhead.ratioLow) / 2, 'share'),
                  'times its margin': quantity(excessOf(overhead), 'ratio'),
                }),
              ]
            : [],
        ),
      ),
      step(
        'Rounds',
        [formulaText('roundsToTell')],
        [
          row(overheadName(widest, 'contender', run.plan), {
            w: quantity(reported.half_width, 'share'),
            δ: quantity(marginOf(widest), 'share'),
            n: count(widest.rounds),
            ...(reported.rounds === undefined ? {} : { rounds: count(reported.rounds) }),
          }),
        ],
      ),
    ],
  }));
}

function adviceNumbers(widest: MeasuredOverhead): { half_width: number; rounds?: number } {
  const rounds = roundsToTell(widest, marginOf(widest));
  return {
    half_width: (widest.ratioHigh - widest.ratioLow) / 2,
    ...present({ rounds }),
  };
}
