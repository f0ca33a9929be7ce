import { primaryPrecisions, widestPrimary } from '../analysis/primary-precision.ts';
import { measuredShare } from '../analysis/summarise.ts';
import { formatPercent } from '../format.ts';
import { roundsWords } from '../overhead-words.ts';
import { stopWords } from '../stop-words.ts';
import { count, derivation, type ExplainedFigure, quantity, type Reported, row, step } from './explained.ts';
import { overheadName } from './figure-names.ts';
import { runSliceFigures } from './slice-counts.ts';

/** What the report says about the run as a whole. */
export function runFigures(reported: Reported): readonly ExplainedFigure[] {
  return [
    ...measuredShareFigure(reported),
    ...roundsFigure(reported),
    ...precisionFigure(reported),
    ...runSliceFigures(reported),
  ];
}

function measuredShareFigure({ recorded: { run }, analysis, summary }: Reported): readonly ExplainedFigure[] {
  const { timing } = run;
  const known = summary.measuredShare;
  if (timing === undefined || known === undefined) return [];
  const head = { figure: 'run:measured-share', kind: 'run' as const, shown: formatPercent(known) };
  const explain = () => {
    const question = 'How much of the run’s time lies inside slices and their ramps';
    const computed = measuredShare(run);
    const measured = analysis.slices.filter((slice) => slice.status !== 'failed');
    const recordedSeconds = measured.reduce((sum, it) => sum + it.wallSeconds + it.rampSeconds, 0);
    return derivation(
      head,
      { kind: 'run', question, reported: computed === undefined ? {} : { measuredShare: computed } },
      [
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
          ],
        ),
        step('Share', ['The first over the second.'], [row('measured', { '': quantity(known, 'share') })]),
        step(
          'Slices',
          [
            'What the recorded slices add up to by the agents’ clocks; the rest of the first time is warm-up.',
          ],
          [
            row('windows and ramps', {
              '': quantity(recordedSeconds, 's'),
              slices: count(measured.length),
            }),
          ],
        ),
      ],
    );
  };
  return [{ ...head, reported: { measuredShare: known }, primary: true, explain }];
}

/** Rounds of the comparisons: never what was only planned. */
function roundsFigure({ recorded: { run }, summary }: Reported): readonly ExplainedFigure[] {
  const compared = [
    ...summary.overheads.map((overhead) => ({ overhead, role: 'contender' as const })),
    ...summary.twin.map((overhead) => ({ overhead, role: 'twin' as const })),
  ];
  const rounds = compared.map(({ overhead }) => overhead.rounds);
  if (rounds.length === 0) return [];
  const head = { figure: 'run:rounds', kind: 'run' as const, shown: roundsWords(summary) };
  const reported = { fewest: Math.min(...rounds), most: Math.max(...rounds) };
  const explain = () =>
    derivation(head, { kind: 'run', question: 'How many rounds the intervals rest on: their n', reported }, [
      step(
        'Comparisons',
        [
          `The plan: ${run.plan.stopping === undefined ? '' : 'at most '}${run.plan.rounds}. A round counts for a comparison where a ` +
            'block of it has a completed slice on either side.',
        ],
        compared
          .filter(({ overhead }) => overhead.primary)
          .map(({ overhead, role }) =>
            row(overheadName(overhead, role, run.plan), { rounds: count(overhead.rounds) }),
          ),
      ),
      step(
        'Range',
        ['Over all comparisons on all metrics.'],
        [row('fewest', { '': count(reported.fewest) }), row('most', { '': count(reported.most) })],
      ),
    ]);
  return [{ ...head, reported, primary: true, explain }];
}

/** How tight the widest primary interval was when a run with a wished-for precision stopped. */
function precisionFigure({ recorded }: Reported): readonly ExplainedFigure[] {
  const { stop } = recorded.run;
  const words = stopWords(recorded.run);
  if (stop?.halfWidth === undefined || words === undefined) return [];
  const reported = { halfWidth: stop.halfWidth };
  const head = { figure: 'run:precision', kind: 'run' as const, shown: `±${formatPercent(stop.halfWidth)}` };
  const explain = () => {
    const precisions = primaryPrecisions(recorded);
    const widest = widestPrimary(precisions);
    return derivation(
      head,
      { kind: 'run', question: 'How tight the primary intervals were at the last look', reported },
      [
        step(
          'The last look',
          [words],
          [row('widest half-width', { '': quantity(reported.halfWidth, 'share') })],
        ),
        step(
          'All rounds',
          [
            'The same from all that was recorded, also after the last look: half of each interval’s width over its ratio.',
          ],
          [
            ...precisions.map(({ server, profile, path, rounds, halfWidth }) =>
              row([server, profile, path].join(':'), {
                ...(halfWidth === undefined ? {} : { '': quantity(halfWidth, 'share') }),
                rounds: count(rounds),
              }),
            ),
            ...(widest === undefined ? [] : [row('widest', { '': quantity(widest, 'share') })]),
          ],
        ),
      ],
    );
  };
  return [{ ...head, reported, primary: true, explain }];
}
