import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Failure } from '../model/failure.ts';
import { processOutside } from '../process-outside.ts';
import { analysisCost } from './analysis.ts';
import { type Comparison, compare, interleaved, type Result } from './comparison.ts';
import { canPin, startArena } from './processes.ts';
import { recordingCosts } from './recording.ts';
import { intervalLines, timeToInterval } from './time-to-interval.ts';

/*
 * `npm run benchmark`: does counting truly cost throughput? The load agent against autocannon as it comes, with
 * the same connections, in turns of seeded random order; then the cost of recording a latency and of analysing a
 * long run. Last, on a container engine: how long bench takes to an interval of ±2 %, and how long the obvious way.
 */

/** The agent should complete at least this share of plain autocannon's requests/s. */
const target = 0.95;
const connections = [1, 32];

const parts = ['agent', 'analysis', 'interval'];

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '12' },
    seconds: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    /** Wished for of the interval, and what it may take, in seconds. */
    precision: { type: 'string', default: '0.02' },
    bound: { type: 'string', default: '300' },
    out: { type: 'string', default: 'results/benchmark' },
    /** One of `parts`: that part alone. */
    only: { type: 'string', default: '' },
  },
});

async function compareContenders(rounds: number, seconds: number, seed: number): Promise<Comparison[]> {
  await using arena = await startArena();
  const { url, contenders } = arena;
  // The first round only warms the code up.
  const [warmUp = [], ...measured] = interleaved(rounds + 1, connections, seed);
  for (const turn of warmUp) {
    await contenders[turn.contender].call(turn.contender, { url, connections: turn.connections, seconds });
  }
  const results: Result[] = [];
  for (const [round, turns] of measured.entries()) {
    for (const turn of turns) {
      const stretch = { url, connections: turn.connections, seconds };
      const figures = await contenders[turn.contender].call(turn.contender, stretch);
      results.push({ ...turn, ...figures, round });
    }
  }
  const figures = ['requestsPerSecond', 'cpuSecondsPerRequest'] as const;
  return figures.flatMap((figure) => connections.map((count) => compare(results, figure, count)));
}

function lineOf({ figure, connections, agent, autocannon, ratio }: Comparison): string {
  const print = (value: number) =>
    figure === 'requestsPerSecond'
      ? `${Math.round(value).toLocaleString('en').padStart(7)} requests/s`
      : `${(value * 1e6).toFixed(1).padStart(5)} µs CPU/request`;
  const columns = [
    `${String(connections).padStart(3)} connection${connections === 1 ? ' ' : 's'}`,
    `autocannon ${print(autocannon.median)}`,
    `agent ${print(agent.median)}`,
    `ratio ${ratio.median.toFixed(3)} [${ratio.low.toFixed(3)}, ${ratio.high.toFixed(3)}]`,
  ];
  if (figure === 'requestsPerSecond') {
    columns.push(ratio.median >= target ? `at least ${target}` : `below ${target}`);
  }
  return `${columns.join('   ')}\n`;
}

function write(text: string): void {
  process.stdout.write(text);
}

async function agentAndRecording(rounds: number, seconds: number, seed: number): Promise<void> {
  write(
    `Agent against plain autocannon: ${rounds} rounds of ${seconds} s each, interleaved, seed ${seed}, ` +
      `${canPin() ? 'server and load on a core each' : 'not pinned'}; medians [quartiles]\n`,
  );
  for (const comparison of await compareContenders(rounds, seconds, seed)) write(lineOf(comparison));
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
  await agentAndRecording(Number(values.rounds), Number(values.seconds), Number(values.seed));
}
if (wanted.includes('analysis')) await longRun();
if (wanted.includes('interval')) await intervals(Number(values.precision), Number(values.bound));
