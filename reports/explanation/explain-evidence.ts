import { deploymentId } from '../../bench/model/case.ts';
import type { Evidence } from '../../bench/model/evidence.ts';
import { formatCount } from '../../bench/model/format.ts';
import { grouped } from '../../bench/model/grouped.ts';
import type { Slice } from '../../bench/model/slice.ts';
import { contradictionMessage } from '../analysis/path-evidence.ts';
import { evidenceOf } from '../analysis/summarise.ts';
import { count, type ExplainedFigure, explainedFigure, type Reported, row, step } from './explained.ts';

const meanings = {
  consistent: 'Every claim about the path was read and holds.',
  contradicted: 'A claim about the path does not hold: the deployment has no figure in that round.',
  unread: 'The round ended before the evidence was complete: the slices count, but nothing shows their path.',
} as const satisfies Record<Evidence['verdict'], string>;

/** How many deployments, round by round, took the path that they claim. */
export function evidenceFigures({ recorded, analysis, summary }: Reported): readonly ExplainedFigure[] {
  const { evidence } = recorded;
  return (['consistent', 'contradicted', 'unread'] as const).map((verdict): ExplainedFigure => {
    const known = summary.evidence[verdict];
    const figure = {
      figure: `evidence:${verdict}`,
      kind: 'evidence' as const,
      shown: `${formatCount(known)} of ${formatCount(evidence.length)} deployments, round by round`,
      reported: { [verdict]: known },
      declared: true,
    };
    return explainedFigure(figure, () => {
      const found = evidenceOf(evidence, verdict);
      const rows =
        verdict === 'contradicted'
          ? found.map((it) => contradictionRow(it, analysis.slices))
          : [...grouped(found, deploymentId)].map(([id, rounds]) => roundsRow(id, rounds));
      return {
        question: `Of how many deployments, round by round, the path evidence is ${verdict}`,
        reported: { [verdict]: found.length },
        steps: [
          step('Deployments', [meanings[verdict], ...(rows.length === 0 ? ['None.'] : [])], rows),
          step(
            'Sum',
            ['Each deployment is counted once a round.'],
            [row('sum', { '': count(found.length) })],
          ),
        ],
      };
    });
  });
}

function roundsRow(id: string, rounds: readonly Evidence[]) {
  const claims = [...new Set(rounds.flatMap((it) => it.findings.map(({ claim }) => claim)))];
  const numbers = rounds.map(({ round }) => round).sort((a, b) => a - b);
  return row(
    id,
    { '': count(rounds.length) },
    {
      note: `in rounds ${numberRanges(numbers)}; read: ${claims.length === 0 ? 'nothing' : claims.join(', ')}`,
    },
  );
}

function contradictionRow(evidence: Evidence, slices: readonly Slice[]) {
  const id = deploymentId(evidence);
  const own = slices.filter(
    (slice) =>
      slice.round === evidence.round &&
      deploymentId(slice) === id &&
      slice.status === 'invalid' &&
      slice.reasons.some(({ rule }) => rule === 'path_evidence'),
  );
  return row(
    `${id}, round ${evidence.round}`,
    { 'invalid slices': count(own.length) },
    {
      note: contradictionMessage(evidence),
      slices: own.map(({ round, block, profile }) => ({ of: profile, round, block })),
    },
  );
}

/** `1–3, 5` of 1, 2, 3 and 5. */
function numberRanges(ascending: readonly number[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const number of ascending) {
    const last = ranges.at(-1);
    if (last !== undefined && number <= last.to + 1) last.to = number;
    else ranges.push({ from: number, to: number });
  }
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}
