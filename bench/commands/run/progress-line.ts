import type { Progress, ProgressEvent, RoundPlace } from '../../collect/progress.ts';
import type { Clock } from '../../model/clock.ts';
import { formatCount, formatDuration, formatPercent } from '../../model/format.ts';
import type { Stopping } from '../../model/stopping.ts';
import type { Output } from '../../outside.ts';
import { tellWarnings } from '../tell-warnings.ts';

interface ProgressLine extends Progress {
  /** The result of a planned look. */
  look(halfWidth: number | undefined, round: number): void;
  end(): void;
}

/**
 * Progress on stderr: on a terminal one line that is overwritten, elsewhere one line for each round. It is
 * drawn when a block begins, never on a timer: nothing is printed while a slice is measured.
 */
export function progressLine(
  output: Output,
  clock: Clock,
  expected: { readonly totalSeconds: number; readonly rounds: number },
  stopping?: Stopping,
): ProgressLine {
  const startedAt = clock.monotonicSeconds();
  let { totalSeconds } = expected;
  let notCounted = 0;
  const { draw } = output;

  /** @param done share of the place's part of the round. */
  function left({ round, part = { from: 0, to: 1 } }: RoundPlace, done: number): string {
    const elapsed = clock.monotonicSeconds() - startedAt;
    if (stopping !== undefined) {
      return `at most ${formatDuration(Math.max(0, stopping.seconds - elapsed), 0)} left`;
    }
    const share = (round - 1 + part.from + done * (part.to - part.from)) / expected.rounds;
    const total = share > 0.1 ? elapsed / share : totalSeconds;
    return `about ${formatDuration(Math.max(0, total - elapsed), 0)} left`;
  }

  /** The number of rounds is unknown for a run that stops by itself. */
  function place({ round, rounds }: RoundPlace, of: string): string {
    return stopping === undefined ? `round ${round}${of}${rounds}` : `round ${round}`;
  }

  const tell = (event: ProgressEvent) => {
    switch (event.kind) {
      case 'deploying':
        if (!output.isTerminal && (event.part?.from ?? 0) === 0)
          output.write(`${place(event, ' of ')}, ${left(event, 0)}\n`);
        draw(`${place(event, '/')}  deploying  ${left(event, 0)}`);
        return;
      case 'warm-up':
        draw(`${place(event, '/')}  warm-up  ${left(event, 0)}`);
        return;
      case 'paced-rates': {
        totalSeconds = event.totalSeconds;
        const rates = [...event.rates].map(
          ([server, rate]) => `${formatCount(rate)} requests/s to ${server}`,
        );
        const about = stopping === undefined ? `: about ${formatDuration(totalSeconds, 0)} in all` : '';
        output.write(`paced profile: ${rates.join(', ')}${about}\n`);
        tellWarnings(event.warnings, output);
        return;
      }
      case 'block': {
        const bad =
          notCounted === 0
            ? ''
            : `  ${notCounted} ${notCounted === 1 ? 'slice does' : 'slices do'} not count`;
        const done = (event.block - 1) / event.blocks;
        draw(`${place(event, '/')}  block ${event.block}/${event.blocks}  ${left(event, done)}${bad}`);
        return;
      }
      case 'sweep': {
        const { connections } = event;
        const each = `${connections} connection${connections === 1 ? '' : 's'} on each path`;
        draw(`${place(event, '/')}  sweep: ${each}  ${left(event, 1)}`);
        return;
      }
      case 'slice':
        if (event.status !== 'completed') notCounted += 1;
    }
  };
  return Object.assign(tell, {
    look(halfWidth: number | undefined, round: number) {
      const wanted = stopping?.precision?.halfWidth;
      const seen = halfWidth === undefined ? 'no interval yet' : `±${formatPercent(halfWidth)}`;
      output.write(
        `after ${round} rounds: ${seen}${wanted === undefined ? '' : `, requested ±${formatPercent(wanted)}`}\n`,
      );
    },
    end: () => draw(''),
  });
}
