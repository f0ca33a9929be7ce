import { Failure } from '../../model/failure.ts';
import { formatRatioInterval } from '../../model/format.ts';
import { findRun } from '../../run-folder/find-run.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import { expectedRanking } from './expected-ranking.ts';

/*
 * `npm run orders -- RUN [RESULTS]`: whether a run of `--plan paths` shows the orders that physics demands.
 * It serves the developers of bench: a run that does not show them points to a fault of the method or of the
 * lab, or to a busy machine.
 */
const [run = 'latest', results = 'results'] = process.argv.slice(2);
try {
  const seen = expectedRanking(await readRunFolder(await findRun(results, run, process.cwd())));
  for (const { words, from, to, ratio, low, high, rounds, holds } of seen) {
    const figures = `${formatRatioInterval(ratio, low, high)} over ${rounds} rounds`;
    process.stdout.write(`${holds ? 'holds' : 'FAILS'}  ${words}: ${to} / ${from} = ${figures}\n`);
  }
  if (seen.length === 0) process.stdout.write('the run has no two paths of which physics says an order\n');
  process.exitCode = seen.length > 0 && seen.every(({ holds }) => holds) ? 0 : 1;
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${error.message}\n${error.hint ?? ''}\n`);
  process.exitCode = error.exitCode;
}
