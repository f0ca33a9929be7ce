import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toDataKeys } from '../../model/data-keys.ts';
import { exitCodes, Failure } from '../../model/failure.ts';
import { planDefaults } from '../../plan/options.ts';
import { resolvePlan } from '../../plan/resolve-plan.ts';
import { processOutside } from '../../process-outside.ts';
import { openSession } from '../session.ts';
import {
  type RepeatDocument,
  type Repeated,
  repeatDocumentSchema,
  repeatedOf,
  tally,
} from './repeat-tally.ts';

/*
 * `npm run calibrate:repeat`: tests the method on real servers that are known to be the same. It counts how
 * many of a hundred short A/A comparisons called two identical servers different, and how many intervals
 * contained the truth.
 *
 * A run has four comparisons: nginx and Apache, seen from outside and from the host, each pair with
 * deployments and slices of its own. The pairs of a run share only the machine and its time, as all runs do.
 * The profiles take turns.
 */
const { values } = parseArgs({
  options: {
    comparisons: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '6' },
    blocks: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: 'results/repeat' },
    json: { type: 'boolean', default: false },
  },
});
const profiles = ['latency', 'steady', 'throughput'];
/**
 * Runs whose comparisons do not count, because too many of their slices do not, are replaced by up to as many
 * more.
 */
const mostRuns = (wanted: number) => Math.ceil(wanted / 2);

async function repeat(wanted: number, results: string): Promise<RepeatDocument> {
  const outside = processOutside(process);
  const { clock, stderr } = outside;
  const startedAt = clock.monotonicSeconds();
  const all: Repeated[] = [];
  const tallied = (runs: number) =>
    tally(all, planDefaults.confidence, { seconds: clock.monotonicSeconds() - startedAt, runs });
  let runs = 0;
  await using session = await openSession(outside, results);
  while (tallied(runs).comparisons < wanted && runs < mostRuns(wanted)) {
    const plan = resolvePlan(
      {
        flags: {
          server: 'nginx,apache',
          path: 'host/external,host/host',
          profile: profiles[runs % profiles.length],
          rounds: values.rounds,
          blocks: values.blocks,
          seed: String(Number(values.seed) + runs),
        },
        env: {},
      },
      outside.random,
    );
    const { summary, seconds } = await session.run(plan);
    runs += 1;
    all.push(...repeatedOf(summary).slice(0, Math.max(0, wanted - tallied(runs).comparisons)));
    const { comparisons, alarms, covered } = tallied(runs);
    stderr.write(
      `run ${runs} (${summary.runId}, ${Math.round(seconds)} s): ${comparisons} of ${wanted} comparisons, ` +
        `${alarms} called different, ${covered} intervals cover 1\n`,
    );
  }
  return { made: session.made(), ...tallied(runs) };
}

function textOf(document: RepeatDocument): string {
  const { comparisons, alarms, covered, mostAlarms, leastCovered, withoutInterval, seconds } = document;
  const outliers = document.each.filter(({ verdict, coversOne }) => verdict !== 'no alarm' || !coversOne);
  return [
    `${comparisons} comparisons of identical servers in ${(seconds / 60).toFixed(1)} min, ${(seconds / Math.max(1, comparisons)).toFixed(1)} s each`,
    `called slower or faster: ${alarms} (at most ${mostAlarms})`,
    `intervals that cover 1: ${covered} (at least ${leastCovered})`,
    ...(withoutInterval === 0 ? [] : [`not counted, too few rounds for an interval: ${withoutInterval}`]),
    ...outliers.map(
      (it) =>
        `  ${it.runId} ${it.server} ${it.path} ${it.metric}: ${it.ratio.toFixed(4)} [${it.ratioLow.toFixed(4)}, ${it.ratioHigh.toFixed(4)}] ${it.verdict}`,
    ),
    document.holds ? 'The method holds here.' : 'THE METHOD DOES NOT HOLD HERE.',
  ].join('\n');
}

const wanted = Number(values.comparisons);
if (!Number.isInteger(wanted) || wanted < 1) {
  process.stderr.write(`--comparisons: "${values.comparisons}" is not a whole number from 1\n`);
  process.exit(exitCodes.usage);
}
const results = resolve(values.out);
try {
  await mkdir(results, { recursive: true });
  const document = await repeat(wanted, results);
  const text = `${JSON.stringify(toDataKeys(repeatDocumentSchema)(document), null, 2)}\n`;
  await writeFile(join(results, 'repeat.json'), text);
  process.stdout.write(values.json ? text : `${textOf(document)}\n`);
  process.exitCode = document.holds && document.comparisons >= wanted ? exitCodes.ok : exitCodes.internal;
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${error.message}\n${error.hint ?? ''}\n`);
  process.exitCode = error.exitCode;
}
