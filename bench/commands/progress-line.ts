import type { Progress, ProgressEvent } from '../collect/progress.ts';
import type { Clock } from '../model/clock.ts';
import type { Output } from '../outside.ts';
import { durationText } from './plan-text.ts';

/**
 * Progress on stderr: one line that is drawn over on a terminal, one line a round elsewhere. It is drawn when a
 * block begins, never on a timer: nothing moves while a slice is measured.
 */
export function progressLine(
  output: Output,
  clock: Clock,
  expectedSeconds: number,
): Progress & { end(): void } {
  const startedAt = clock.monotonicSeconds();
  let notCounted = 0;
  let width = 0;

  function draw(text: string): void {
    if (!output.isTerminal) return;
    const line = text.slice(0, Math.max(20, output.columns - 1));
    output.write(`\r${line.padEnd(width)}`);
    width = line.length;
  }

  function left(event: { readonly round: number; readonly rounds: number }, done: number): string {
    const elapsed = clock.monotonicSeconds() - startedAt;
    const share = (event.round - 1 + done) / event.rounds;
    const total = share > 0.1 ? elapsed / share : expectedSeconds;
    return `about ${durationText(Math.max(0, total - elapsed))} left`;
  }

  const tell = (event: ProgressEvent) => {
    switch (event.kind) {
      case 'deploying':
        if (!output.isTerminal) output.write(`round ${event.round} of ${event.rounds}, ${left(event, 0)}\n`);
        draw(`round ${event.round}/${event.rounds}  deploying  ${left(event, 0)}`);
        return;
      case 'warm-up':
        draw(`round ${event.round}/${event.rounds}  warm-up  ${left(event, 0)}`);
        return;
      case 'block': {
        const bad = notCounted === 0 ? '' : `  ${notCounted} slices do not count`;
        const done = (event.block - 1) / event.blocks;
        draw(
          `round ${event.round}/${event.rounds}  block ${event.block}/${event.blocks}  ${left(event, done)}${bad}`,
        );
        return;
      }
      case 'slice':
        if (event.status !== 'completed') notCounted += 1;
    }
  };
  return Object.assign(tell, {
    end() {
      if (output.isTerminal && width > 0) output.write(`\r${' '.repeat(width)}\r`);
    },
  });
}
