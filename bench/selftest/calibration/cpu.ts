import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toDataKeys } from '../../model/data-keys.ts';
import { exitCodes, Failure } from '../../model/failure.ts';
import { present } from '../../model/present.ts';
import type { DeploymentOrder } from '../../model/stage.ts';
import type { Outside } from '../../outside.ts';
import { resolvePlan } from '../../plan/resolve-plan.ts';
import { processOutside } from '../../process-outside.ts';
import { openSession, type Session } from '../session.ts';
import {
  type CpuDocument,
  cpuDocument,
  cpuDocumentSchema,
  type DoseRun,
  doseRun,
  type RulesRun,
  rulesRun,
} from './cpu-tally.ts';
import { addRules, removeRules } from './no-op-rules.ts';

/*
 * `npm run calibrate:cpu`: is known CPU time recovered?
 *
 * - Doses: a Node server in host mode burns 20 or 50 µs more of its CPU a request than its baseline, which is
 *   the same program without the dose. Both are also busy for `--work` µs a request. The number of requests
 *   that a server meets at once, and so its cost for each of them, then hardly depends on the dose. The
 *   server with the dose takes the twin's place, so that the run is a comparison like any other.
 * - Rules: nginx in bridge mode, with 0, 100 and 1,000 rules in the firewall's forward chain that match
 *   nothing. Host mode's packets are not forwarded. So the cost of bridge mode has to rise with the rules.
 *
 * It works in a lab only: the rules are in the lab's own network namespace, and end with it.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10' },
    doses: { type: 'string', default: '20,50' },
    work: { type: 'string', default: '200' },
    rules: { type: 'string', default: '0,100,1000' },
    rounds: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: 'results/cpu' },
    json: { type: 'boolean', default: false },
  },
});
const program = new URL('./delayed-server.js', import.meta.url);
const nodeInImage = '/opt/bench/bin/node.sh';
const bridged = 'bridge/external/published';

function planOf(flags: Readonly<Record<string, string>>, index: number, outside: Outside) {
  const seed = String(Number(values.seed) + index);
  const given = { server: 'nginx', profile: 'steady', rounds: values.rounds, seed, ...flags };
  return resolvePlan({ flags: given, env: {} }, outside.random);
}

async function doseRuns(session: Session, outside: Outside): Promise<readonly DoseRun[]> {
  const source = await readFile(program, 'utf8');
  const done: DoseRun[] = [];
  for (let index = 0; index < runs; index++) {
    const dose = doses[index % doses.length] ?? 0;
    const serve = ({ deployment, bodyBytes }: DeploymentOrder, listen: readonly string[]) => [
      nodeInImage,
      '--input-type=module',
      '--eval',
      source,
      String(work + (deployment.role === 'twin' ? dose : 0)),
      String(bodyBytes),
      'asleep',
      ...listen,
    ];
    const { summary } = await session.run(planOf({ mode: 'host' }, index, outside), { serve });
    const run = doseRun(summary, dose);
    done.push(run);
    outside.stderr.write(
      `run ${index + 1} (${run.runId}): ${dose} µs burned, measured ${intervalText(run)} on ${run.baselineUs.toFixed(1)} µs: ` +
        `${run.recovered ? 'recovered' : 'NOT RECOVERED'}\n`,
    );
  }
  return done;
}

/** All runs have the rate of the first. At another rate a request would have another cost. */
async function rulesRuns(session: Session, outside: Outside): Promise<readonly RulesRun[]> {
  const done: RulesRun[] = [];
  let rate: string | undefined;
  // The run with the most rules comes first: all of them can bear its rate.
  for (const [index, count] of rules.toSorted((a, b) => b - a).entries()) {
    await addRules(count, outside);
    try {
      const flags = { mode: 'bridge', ...present({ rate }) };
      const { summary } = await session.run(planOf(flags, index, outside));
      rate ??= summary.rates?.nginx === undefined ? undefined : String(summary.rates.nginx);
      const run = rulesRun(summary, bridged, count);
      done.push(run);
      outside.stderr.write(`${count} rules (${run.runId}): bridge mode costs ${intervalText(run)} in all\n`);
    } finally {
      await removeRules(count, outside);
    }
  }
  return done;
}

function intervalText({
  difference,
  differenceLow,
  differenceHigh,
}: Omit<RulesRun, 'runId' | 'rules'>): string {
  const [value, low, high] = [difference, differenceLow, differenceHigh].map((it) => it.toFixed(2));
  return `${value} µs [${low}, ${high}]`;
}

function textOf({ recovered, doses: all, leastRecovered, rulesRise, seconds }: CpuDocument): string {
  return (
    `${recovered} of ${all.length} doses recovered within a tenth (at least ${leastRecovered}); ` +
    `the cost ${rulesRise ? 'rises' : 'DOES NOT RISE'} with the rules; ${(seconds / 60).toFixed(1)} min\n`
  );
}

const runs = Number(values.runs);
const doses = values.doses.split(',').map(Number);
const work = Number(values.work);
const rules = values.rules.split(',').map(Number);
if (
  !Number.isInteger(runs) ||
  runs < 0 ||
  !(work >= 0) ||
  !doses.every((it) => it > 0) ||
  !rules.every((it) => it >= 0)
) {
  process.stderr.write(
    '--runs and --rules take whole numbers, --doses and --work microseconds, lists separated by commas\n',
  );
  process.exit(exitCodes.usage);
}
const results = resolve(values.out);
const own = processOutside(process);
const outside: Outside = { ...own, env: { ...own.env, BENCH_LAB: '1' } };
try {
  await mkdir(results, { recursive: true });
  const startedAt = outside.clock.monotonicSeconds();
  await using session = await openSession(outside, results);
  const document = cpuDocument(await doseRuns(session, outside), await rulesRuns(session, outside), {
    seconds: outside.clock.monotonicSeconds() - startedAt,
    made: session.made(),
  });
  const text = `${JSON.stringify(toDataKeys(cpuDocumentSchema)(document), null, 2)}\n`;
  await writeFile(join(results, 'cpu.json'), text);
  process.stdout.write(values.json ? text : textOf(document));
  process.exitCode = document.holds ? exitCodes.ok : exitCodes.internal;
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${error.message}\n${error.hint ?? ''}\n`);
  process.exitCode = error.exitCode;
}
