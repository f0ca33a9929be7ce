import type { Case } from '../../bench/model/case.ts';
import { deploymentId } from '../../bench/model/case.ts';
import type { Evidence } from '../../bench/model/evidence.ts';
import type { Slice } from '../../bench/model/slice.ts';

/**
 * Returns the slices and marks those as invalid whose deployment took another path than it claims. Evidence
 * is complete only at the end of a round, when its slices are already in the folder. Therefore the rule is
 * applied here.
 */
export function judgeByEvidence(slices: readonly Slice[], evidence: readonly Evidence[]): readonly Slice[] {
  const contradictions = new Map(
    evidence
      .filter(({ verdict }) => verdict === 'contradicted')
      .map((it) => [deploymentInRound(it, it.round), it]),
  );
  if (contradictions.size === 0) return slices;
  return slices.map((slice) => {
    const contradicted = contradictions.get(deploymentInRound(slice, slice.round));
    if (contradicted === undefined || slice.status !== 'completed') return slice;
    const broken = contradicted.findings.filter(({ holds }) => !holds).length;
    return {
      ...slice,
      status: 'invalid',
      figures: { ...slice.figures, path_evidence: Math.max(1, broken) },
      reasons: [{ rule: 'path_evidence', message: contradictionMessage(contradicted) }],
    };
  });
}

/** Both sides of each claim that did not hold: what the path demands and what was observed. */
export function contradictionMessage(evidence: Evidence): string {
  const broken = evidence.findings.filter(({ holds }) => !holds);
  if (broken.length === 0) return `the evidence contradicts ${evidence.path}`;
  return broken.map((it) => `${it.claim}: expected ${it.expected}, observed ${it.observed}`).join('; ');
}

function deploymentInRound(subject: Pick<Case, 'server' | 'path' | 'role'>, round: number): string {
  return `${deploymentId(subject)} ${round}`;
}
