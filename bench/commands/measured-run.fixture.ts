import { type SyntheticOptions, syntheticRun } from '../../reports/synthetic-run.fixture.ts';
import { writtenRun } from '../run-folder/written-run.fixture.ts';

/** Writes the folder of a small made-up run of nginx and Apache: three rounds are enough to have intervals. */
export function measuredRun(results: string, options: Partial<SyntheticOptions> = {}): Promise<string> {
  return writtenRun(results, syntheticRun({ seed: 3, rounds: 3, blocks: 1, ...options }));
}
