import { cpus } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure } from '../../model/failure.ts';
import { processOutside } from '../../process-outside.ts';
import { analysisCost } from './analysis.ts';
import { startArena } from './arena.ts';
import { interleaved, type Result } from './comparison.ts';
import { figureLines, goalLines } from './goals.ts';
import { historyCost } from './history.ts';
import { canPin } from './processes.ts';
import { recordingCosts } from './recording.ts';
import { intervalLines, timeToInterval } from './time-to-interval.ts';

/*
 * `npm run benchmark`: how much of what is measured is the client? It compares the load agent, as slices are
 * really measured, with unmodified autocannon and wrk. All have the same connections and take turns in seeded
 * random order, with a goal for each figure. Then it measures the cost of recording a latency and of
 * analysing a long run and of a history of a thousand runs. Last, on a container engine, it measures how long bench takes to an interval of ±2 %,
 * and how long the obvious way takes.
 */

const connections = [1, 32];

const parts = ['agent', 'analysis', 'history', 'interval'];

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '12' },
    seconds: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    /** Requested precision of the interval, and the time that it may take, in seconds. */
    precision: { type: 'string', default: '0.02' },
    bound: { type: 'string', default: '300' },
    out: { type: 'string', default: 'results/benchmark' },
    /** Limits the benchmark to one of `parts`. */
    only: { type: 'string', default: '' },
  },
});

async function compareContenders(rounds: number, seconds: number, seed: number): Promise<void> {
  await using arena = await startArena();
  const { contenders, server } = arena;
  write(
    `The load agent against others: ${rounds} rounds of ${seconds} s each, interleaved, seed ${seed}; ${cpuModel()}; ` +
      `${server}; ${canPin() ? 'server and load on a core each' : 'not pinned'}; medians [quartiles]\n`,
  );
  if (!contenders.includes('wrk')) write('wrk is not installed: what is compared with it is not measured\n');
  // The first round only warms up the code.
  const order = interleaved(rounds + 1, contenders, connections, seed);
  const results: Result[] = [];
  for (const [round, turns] of order.entries()) {
    for (const turn of turns) {
      const figures = await arena.measure(turn.contender, { connections: turn.connections, seconds });
      if (round > 0) results.push({ ...turn, ...figures, round });
    }
  }
  for (const line of [...figureLines(results, contenders), '', ...goalLines(results)]) write(`${line}\n`);
}

function cpuModel(): string {
  const [first] = cpus();
  return `${cpus().length} × ${first?.model ?? 'CPUs of an unknown model'}`;
}

function write(text: string): void {
  process.stdout.write(text);
}

async function recording(): Promise<void> {
  write('\nRecording (tinybench, medians)\n');
  for (const { what, nanoseconds } of await recordingCosts(4)) {
    write(`${Math.round(nanoseconds).toLocaleString('en').padStart(10)} ns   ${what}\n`);
  }
}

async function longRun(): Promise<void> {
  const analysis = await analysisCost(100_000);
  write(
    `\nAnalysis of a run of ${analysis.slices.toLocaleString('en')} slices, reading included: ` +
      `${analysis.seconds.toFixed(1)} s, of it ${analysis.cpuSeconds.toFixed(1)} s of CPU time, ` +
      `at most ${Math.round(analysis.peakBytes / 2 ** 20)} MiB\n`,
  );
}

async function longHistory(): Promise<void> {
  const { runs, seconds, cpuSeconds, peakBytes } = await historyCost(1000);
  const met = seconds < 5 && peakBytes < 500e6;
  write(
    `\nHistory of ${runs.toLocaleString('en')} runs, indexed and rendered: ${seconds.toFixed(1)} s, of it ` +
      `${cpuSeconds.toFixed(1)} s of CPU time, at most ${Math.round(peakBytes / 1e6)} MB ` +
      `(${met ? 'pass' : 'short'}: the goal is 5 s and 500 MB)\n`,
  );
}

async function intervals(precision: number, boundSeconds: number): Promise<void> {
  write(
    `\nTime to an interval: nginx, bridge against host mode from the host, 32 connections, at most ${boundSeconds} s each\n`,
  );
  const asked = { precision, boundSeconds };
  try {
    const found = await timeToInterval(processOutside(process), { ...asked, results: resolve(values.out) });
    for (const line of intervalLines(found, asked)) write(`${line}\n`);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    write(`not measured: ${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}

const wanted = values.only === '' ? parts : parts.filter((part) => part === values.only);
if (wanted.length === 0) throw new Error(`no part "${values.only}": --only takes ${parts.join(', ')}`);
if (wanted.includes('agent')) {
  await compareContenders(Number(values.rounds), Number(values.seconds), Number(values.seed));
  await recording();
}
if (wanted.includes('analysis')) await longRun();
if (wanted.includes('history')) await longHistory();
if (wanted.includes('interval')) await intervals(Number(values.precision), Number(values.bound));
