import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { toDataKeys } from '../../model/data-keys.ts';
import { exitCodes, Failure } from '../../model/failure.ts';
import type { Deployed, DeploymentOrder } from '../../model/stage.ts';
import { resolvePlan } from '../../plan/resolve-plan.ts';
import { processOutside } from '../../process-outside.ts';
import { openSession } from '../session.ts';
import {
  type DelayDocument,
  type DelayRun,
  delayDocument,
  delayDocumentSchema,
  delayRun,
} from './delay-tally.ts';
import { firstLabProcess } from './lab-process.ts';

/*
 * `npm run calibrate:delay`: is a known difference recovered? One Node server in host mode is busy for
 * `--work` µs before each answer and then for the delay. Its baseline is the same program without the delay.
 * The server with the delay takes the twin's place, so that the run is a comparison like any other. Why they
 * work: bench/docs/method.md, section 8.
 */
const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '10' },
    delays: { type: 'string', default: '20,50,100' },
    work: { type: 'string', default: '1500' },
    rounds: { type: 'string', default: '8' },
    blocks: { type: 'string', default: '2' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: 'results/delay' },
    json: { type: 'boolean', default: false },
  },
});
const program = new URL('./delayed-server.js', import.meta.url);
const nodeInImage = '/opt/bench/bin/node.sh';

/** How much longer the waiting server held its requests in one round, by the servers' own clocks, in µs. */
async function heldLonger(deployed: readonly Deployed[], stage: number | undefined): Promise<number> {
  const held = new Map<string, number>();
  for (const { url, order } of deployed) {
    held.set(order.deployment.role, (await heldNs(String(new URL('/held', url)), stage)) / 1e3);
  }
  return (held.get('twin') ?? Number.NaN) - (held.get('baseline') ?? Number.NaN);
}

const asking = 'process.stdout.write(await (await fetch(process.argv[1])).text())';

/**
 * The request is sent from the server's network stack: a lab's stack is not this process's.
 * @throws {Failure} casesFailed: the answer is no number.
 */
async function heldNs(url: string, stage: number | undefined): Promise<number> {
  const enter = stage === undefined ? [] : ['nsenter', '--target', String(stage), '--net'];
  const [program = '', ...args] = [...enter, process.execPath, '--input-type=module', '--eval', asking, url];
  const { stdout } = await promisify(execFile)(program, args);
  if (!/^\d+(\.\d+)?$/.test(stdout)) {
    throw new Failure('casesFailed', `${url} does not say how long its server held requests: "${stdout}"`);
  }
  return Number(stdout);
}

async function delayRuns(runs: number, delays: readonly number[], results: string): Promise<DelayDocument> {
  const outside = processOutside(process);
  const { clock, stderr } = outside;
  const source = await readFile(program, 'utf8');
  const startedAt = clock.monotonicSeconds();
  const done: DelayRun[] = [];
  await using session = await openSession(outside, results);
  for (let index = 0; index < runs; index++) {
    const delay = delays[index % delays.length] ?? 0;
    const serve = ({ deployment, bodyBytes }: DeploymentOrder, listen: readonly string[]) => [
      nodeInImage,
      '--input-type=module',
      '--eval',
      source,
      String(work + (deployment.role === 'twin' ? delay : 0)),
      String(bodyBytes),
      'awake',
      ...listen,
    ];
    const flags = {
      server: 'nginx',
      mode: 'host',
      profile: 'latency',
      rounds: values.rounds,
      blocks: values.blocks,
      seed: String(Number(values.seed) + index),
    };
    const truths: number[] = [];
    const { summary } = await session.run(resolvePlan({ flags, env: {} }, outside.random), {
      serve,
      wakefulAgents: true,
      beforeClear: async (deployed) => {
        truths.push(await heldLonger(deployed, await firstLabProcess(outside)));
      },
    });
    const run = delayRun(summary, { delayUs: delay, truths });
    done.push(run);
    stderr.write(`${lineOf(run, index + 1)}\n`);
  }
  return delayDocument(done, clock.monotonicSeconds() - startedAt, session.made());
}

function lineOf(run: DelayRun, number: number): string {
  const us = (value: number) => value.toFixed(2);
  return (
    `run ${number} (${run.runId}): true ${us(run.truthUs)} µs, ` +
    `measured ${us(run.difference)} [${us(run.differenceLow)}, ${us(run.differenceHigh)}] µs on ${us(run.baselineUs)} µs: ` +
    `${run.covered ? 'covered' : 'NOT COVERED'}`
  );
}

const runs = Number(values.runs);
const delays = values.delays.split(',').map(Number);
const work = Number(values.work);
/** The servers' own record of how long they held a request ends at 10 ms. */
const longestMicroseconds = 9_000;
const busy = delays.map((delay) => delay + work);
if (
  !Number.isInteger(runs) ||
  runs < 1 ||
  !(work >= 0) ||
  !delays.every((delay) => delay > 0) ||
  !busy.every((it) => it <= longestMicroseconds)
) {
  process.stderr.write(
    '--runs takes a whole number from 1, --work microseconds, --delays microseconds separated by commas; ' +
      `work and delay together are at most ${longestMicroseconds} µs\n`,
  );
  process.exit(exitCodes.usage);
}
const results = resolve(values.out);
try {
  await mkdir(results, { recursive: true });
  const document = await delayRuns(runs, delays, results);
  const text = `${JSON.stringify(toDataKeys(delayDocumentSchema)(document), null, 2)}\n`;
  await writeFile(join(results, 'delay.json'), text);
  const words = `${document.covered} of ${document.runs.length} intervals hold the true delay (at least ${document.leastCovered}), in ${(document.seconds / 60).toFixed(1)} min\n`;
  process.stdout.write(values.json ? text : words);
  process.exitCode = document.holds ? exitCodes.ok : exitCodes.internal;
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${error.message}\n${error.hint ?? ''}\n`);
  process.exitCode = error.exitCode;
}
