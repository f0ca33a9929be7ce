import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { toDataKeys } from '../../model/data-keys.ts';
import { exitCodes, Failure } from '../../model/failure.ts';
import { type LoadAgent, measureAlone, type SecondClientCount } from '../../model/load-agent.ts';
import { loadProfiles } from '../../model/profile.ts';
import type { Deployed, Stage } from '../../model/stage.ts';
import { planDefaults } from '../../plan/options.ts';
import { resolvePlan } from '../../plan/resolve-plan.ts';
import { processOutside } from '../../process-outside.ts';
import { shuffled } from '../../schedule/schedule.ts';
import { openSession } from '../session.ts';
import { type Agreed, type AgreementRound, agreeDocumentSchema, agreement, type Seen } from './agreement.ts';

/*
 * `npm run agree`: a second opinion. wrk and bench's load agent measure the same servers from the same place
 * on the same CPU, by turns in random order. They compare nginx in bridge mode with host mode: the share of
 * its capacity that is left, the server's additional CPU time a request, and the addition to the median
 * latency of one connection.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '1' },
    out: { type: 'string', default: 'results/agree' },
    json: { type: 'boolean', default: false },
  },
});
const clients = ['bench', 'wrk'] as const;
const modes = ['host', 'bridge'] as const;
const loads = ['latency', 'throughput'] as const;
type Stretch = readonly [(typeof clients)[number], (typeof modes)[number], (typeof loads)[number]];

/** A client's counts of one stretch, whichever client it was. */
type Clients = Readonly<
  Record<
    (typeof clients)[number],
    (agent: LoadAgent, deployed: Deployed, load: (typeof loads)[number]) => Promise<SecondClientCount>
  >
>;

const seconds = Number(values.seconds);

const countOf: Clients = {
  wrk: (agent, { url }, load) =>
    agent.bySecondClient({ url, connections: loadProfiles[load].connections, seconds }),
  async bench(agent, { url, order }, load) {
    const { faults, latency, servedRequests, totalRequests, wallSeconds } = await measureAlone(agent, {
      ...{ url, connections: loadProfiles[load].connections, sliceSeconds: seconds },
      ...{ rampSeconds: 0, timeoutSeconds: 10, expectedBodyBytes: order.bodyBytes },
    });
    const met = Object.entries(faults).filter(([, number]) => number > 0);
    if (latency === undefined || met.length > 0) {
      const what = met.map(([fault, number]) => `${number} ${fault}`).join(', ');
      throw new Failure(
        'casesFailed',
        `the load agent did not measure ${url}: ${what || 'nothing answered'}`,
      );
    }
    return {
      responses: totalRequests,
      requestsPerSecond: servedRequests / wallSeconds,
      latencyP50Us: latency.p50Us,
    };
  },
};

interface Counted extends SecondClientCount {
  readonly cpuServerUs: number;
}

/** @throws {Failure} casesFailed: answers failed, or the server's CPU time cannot be read. */
async function count([client, , load]: Stretch, deployed: Deployed, stage: Stage): Promise<Counted> {
  const before = await stage.read(deployed, 'before');
  const counted = await countOf[client](stage.agent(deployed), deployed, load);
  const after = await stage.read(deployed, 'after');
  if (before.server === undefined || after.server === undefined) {
    throw new Failure('casesFailed', `the CPU time of the server at ${deployed.url} cannot be read`);
  }
  const serverSeconds = after.server.cpuSeconds - before.server.cpuSeconds;
  return { ...counted, cpuServerUs: (serverSeconds / counted.responses) * 1e6 };
}

/** Every client on every server under both loads, in random order. */
async function measureRound(
  deployed: readonly Deployed[],
  stage: Stage,
  random: ReturnType<typeof xoroshiro128plus>,
): Promise<AgreementRound> {
  const stretches = clients.flatMap((client) =>
    modes.flatMap((mode) => loads.map((load): Stretch => [client, mode, load])),
  );
  const counted = new Map<string, Counted>();
  for (const stretch of shuffled(stretches, random)) {
    const own = deployed.find(
      ({ order: { route, deployment } }) => route.path.mode === stretch[1] && deployment.role !== 'twin',
    );
    if (own === undefined) throw new Error(`no server stands in ${stretch[1]} mode`);
    counted.set(stretch.join(' '), await count(stretch, own, stage));
  }
  const seen = (client: string, mode: string): Seen => {
    const [latency, throughput] = loads.map((load) => counted.get(`${client} ${mode} ${load}`));
    if (latency === undefined || throughput === undefined) throw new Error(`${client} has no ${mode} mode`);
    return {
      throughputRps: throughput.requestsPerSecond,
      cpuServerUs: throughput.cpuServerUs,
      latencyP50Us: latency.latencyP50Us,
    };
  };
  return {
    bench: { host: seen('bench', 'host'), bridge: seen('bench', 'bridge') },
    wrk: { host: seen('wrk', 'host'), bridge: seen('wrk', 'bridge') },
  };
}

const words = {
  capacity_ratio: ['capacity, bridge over host', ''],
  cpu_server_difference_us: ["server's CPU a request, added", ' µs'],
  latency_p50_difference_us: ['median latency at 1 connection, added', ' µs'],
} as const satisfies Record<Agreed['what'], readonly [string, string]>;

function lineOf({ what, bench, wrk, difference, agree }: Agreed): string {
  const [name, unit] = words[what];
  const digits = what === 'capacity_ratio' ? 3 : 2;
  const text = ({ value, low, high }: Agreed['bench']) =>
    `${value.toFixed(digits)}${unit} [${low.toFixed(digits)}, ${high.toFixed(digits)}]`;
  return (
    `${name}: bench ${text(bench)}, wrk ${text(wrk)}; ` +
    `bench less wrk ${difference.value.toFixed(digits)} [${difference.low.toFixed(digits)}, ${difference.high.toFixed(digits)}]: ` +
    `${agree ? 'they agree' : 'THEY DIFFER'}`
  );
}

const [rounds, runs] = [Number(values.rounds), Number(values.runs)];
if (![rounds, runs, seconds].every((it) => Number.isInteger(it) && it >= 1)) {
  process.stderr.write('--rounds, --runs and --seconds take whole numbers from 1\n');
  process.exit(exitCodes.usage);
}
const results = resolve(values.out);
try {
  const outside = processOutside(process);
  await mkdir(results, { recursive: true });
  await using session = await openSession(outside, results);
  const all: (readonly Agreed[])[] = [];
  for (let run = 0; run < runs; run++) {
    const seed = Number(values.seed) + run;
    const random = xoroshiro128plus(seed);
    const flags = { server: 'nginx', mode: 'bridge', profile: 'latency', seed: String(seed) };
    const done: AgreementRound[] = [];
    await session.standing(
      resolvePlan({ flags, env: {} }, outside.random),
      rounds,
      async (deployed, stage) => {
        done.push(await measureRound(deployed, stage, random));
      },
    );
    const agreed = agreement(done, planDefaults.confidence);
    all.push(agreed);
    outside.stderr.write(`run ${run + 1}, ${rounds} rounds\n`);
    if (!values.json) process.stdout.write(`${agreed.map(lineOf).join('\n')}\n`);
  }
  const agreeing = all.filter((run) => run.every(({ agree }) => agree)).length;
  const text = `${JSON.stringify(toDataKeys(agreeDocumentSchema)({ made: session.made(), rounds, runs: all, agreeing }), null, 2)}\n`;
  await writeFile(join(results, 'agree.json'), text);
  if (values.json) process.stdout.write(text);
  process.exitCode = agreeing >= Math.ceil(0.8 * runs) ? exitCodes.ok : exitCodes.internal;
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`${error.message}\n${error.hint ?? ''}\n`);
  process.exitCode = error.exitCode;
}
