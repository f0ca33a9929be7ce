import { Failure } from '../../bench/model/failure.ts';
import { formatNumber, formatPercent } from '../../bench/model/format.ts';
import type { BoundLimit } from '../../bench/model/gate.ts';
import { mostRounds } from '../../bench/model/plan.ts';
import { roundsNeeded } from '../../bench/model/rounds-needed.ts';
import type { RunRecord } from '../../bench/model/run-record.ts';
import { reachesLevel } from '../../bench/model/summary.ts';
import { differenceBetween } from '../across/difference.ts';
import { type Asserted, overheadFigure } from './check.ts';
import { isSameLoad, type Judging } from './judging.ts';
import { limitWords, roundsToNarrow } from './limit-check.ts';
import { logOf } from './reference.ts';
import { findingOf, type Subject, subjectWords } from './subject.ts';

/**
 * Once earlier runs are known, only a limit that is so many times tighter is refused: the width of an interval varies from
 * night to night, and one that was accepted must not become an error of usage. Until then it is open, and says why.
 */
const slackLater = 2;

/**
 * Refuses a limit that is tighter than what the first run can tell: narrower than half of its interval. Against such a
 * limit even a path that costs nothing would stay open every night. Of several runs the narrowest interval counts.
 *
 * @throws {Failure} usage, with about as many rounds as it would take.
 */
export function assertTellable({ assertion: { place }, limit, subject }: Asserted, judging: Judging): void {
  if (limit.kind === 'minRounds' || limit.kind === 'noUntrusted') return;
  const { record, earlier } = judging;
  const { plan, runId } = record.run;
  const finding = findingOf(subject, record.summary);
  if (finding.kind !== 'measured') return;
  const says = `${limit.kind} of ${subjectWords(subject)}`;
  const fewest = roundsNeeded(plan.confidence);
  if (plan.rounds < fewest) {
    throw new Failure(
      'usage',
      `${place}: ${says}: run ${runId} has too few rounds for a ${formatPercent(plan.confidence)} interval: ${plan.rounds}`,
      { hint: `It takes at least ${fewest} rounds: bench run --rounds ${fewest}` },
    );
  }
  const same = earlier.filter((it) => isSameLoad(subject.profile, record, it));
  const widths = [record, ...same].map((it) => widthOf(limit, subject, it));
  const [own] = widths;
  if (own === undefined) return;
  const narrowest = widths.reduce<Width>(
    (best, it) => (it !== undefined && it.half < best.half ? it : best),
    own,
  );
  if (narrowest.half <= limit.value * (same.length === 0 ? 1 : slackLater)) return;
  const wanted = Math.max(fewest, roundsToNarrow(narrowest.half, limit.value, narrowest.rounds));
  const found = `±${widthWords(limit, narrowest.half)} with ${narrowest.rounds} rounds in run ${narrowest.runId}`;
  const raise = `aise the limit to ${raised(limit, narrowest.half)} or more.`;
  throw new Failure(
    'usage',
    `${place}: ${says}: ${limitWords(limit)} is tighter than what can be told: ${found}`,
    {
      hint:
        wanted > mostRounds
          ? `No run can have the rounds that it would take. R${raise}`
          : `It would take about ${wanted} rounds: bench run --rounds ${wanted}. Or r${raise}`,
    },
  );
}

/** How narrow the interval of one run is. */
interface Width {
  readonly runId: string;
  readonly half: number;
  readonly rounds: number;
}

/** Half of the interval that the limit is compared with; of a change, as if against a run just like this one. */
function widthOf(limit: BoundLimit, subject: Subject, record: RunRecord): Width | undefined {
  const finding = findingOf(subject, record.summary);
  const { plan, runId } = record.run;
  const { confidence } = plan;
  if (finding.kind !== 'measured' || !reachesLevel(finding.overhead, confidence)) return undefined;
  const { rounds } = finding.overhead;
  if (limit.kind !== 'maxRegression') {
    const { low, high } = overheadFigure(limit, subject, finding.overhead);
    return { runId, rounds, half: (high - low) / 2 };
  }
  const log = logOf(subject, record);
  if (log === undefined) return undefined;
  const { ratioLow, ratioHigh } = differenceBetween(log, log, confidence);
  return { runId, rounds, half: (ratioHigh - ratioLow) / 2 };
}

/** Rounded up, so that it is not printed as the limit that it exceeds. */
function widthWords({ kind }: BoundLimit, half: number): string {
  const [size, unit] = kind === 'maxOverheadUs' ? [half, 'µs'] : [100 * half, '%'];
  return `${formatNumber(Math.ceil(10 * size) / 10, 1)} ${unit}`;
}

/** As a config has it, rounded up. */
function raised({ kind }: BoundLimit, value: number): string {
  if (kind === 'maxOverheadUs') return `${Math.ceil(value)}`;
  return `${Math.ceil(100 * value)}%`;
}
