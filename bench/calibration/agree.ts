import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import {
  type Agreed,
  type AgreementRound,
  agreeDocumentSchema,
  agreement,
  type Seen,
} from '../commands/agreement.ts';
import { openSession } from '../commands/session.ts';
import { toDataKeys } from '../model/data-keys.ts';
import { exitCodes, Failure } from '../model/failure.ts';
import type { Deployed, Lab } from '../model/lab.ts';
import { loadProfiles } from '../model/profile.ts';
import { planDefaults } from '../plan/defaults.ts';
import { resolvePlan } from '../plan/resolve-plan.ts';
import { processOutside } from '../process-outside.ts';
import { shuffled } from '../schedule/shuffled.ts';

/*
 * `npm run agree`: a second opinion. wrk and bench's load agent measure the same servers from the same place on the same
 * CPU, by turns in random order: nginx in bridge mode against host mode, what of its capacity is left, what it costs the
 * server in CPU a request, and what it adds to the median latency of one connection.
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

interface Counted {
  readonly rps: number;
  readonly cpuServerUs: number;
  readonly latencyP50Us: number;
}

async function count(
  [client, , load]: Stretch,
  deployed: Deployed,
  lab: Lab,
  seconds: number,
): Promise<Counted> {
  const { connections } = loadProfiles[load];
  const { url } = deployed;
  const agent = lab.agent(deployed);
  const before = await lab.read(deployed, 'before');
  const seen = client === 'wrk' ? await agent.bySecondClient({ url, connections, seconds }) : undefined;
  const own =
    client === 'bench'
      ? await agent.slice({
          ...{ url, connections, rampSeconds: 0, sliceSeconds: seconds, timeoutSeconds: 10 },
          expectedBodyBytes: deployed.order.bodyBytes,
        })
      : undefined;
  const after = await lab.read(deployed, 'after');
  const responses = seen?.responses ?? own?.totalRequests ?? 0;
  const serverSeconds = (after.server?.cpuSeconds ?? Number.NaN) - (before.server?.cpuSeconds ?? Number.NaN);
  const faults = Object.entries(own?.faults ?? {}).filter(([, number]) => number > 0);
  if (responses === 0 || faults.length > 0 || Number.isNaN(serverSeconds)) {
    throw new Failure('casesFailed', `${client} did not measure ${url}: ${JSON.stringify(faults)}`);
  }
  return {
    rps:
      seen === undefined
        ? (own?.servedRequests ?? 0) / (own?.wallSeconds ?? 1)
        : seen.responses / seen.seconds,
    cpuServerUs: (serverSeconds / responses) * 1e6,
    latencyP50Us: seen?.latencyP50Us ?? own?.latency?.p50Us ?? Number.NaN,
  };
}

/** Every client on every server under both loads, in random order. */
async function measureRound(
  deployed: readonly Deployed[],
  lab: Lab,
  random: ReturnType<typeof xoroshiro128plus>,
): Promise<AgreementRound> {
  const seconds = Number(values.seconds);
  const stretches = clients.flatMap((client) =>
    modes.flatMap((mode) => loads.map((load): Stretch => [client, mode, load])),
  );
  const counted = new Map<string, Counted>();
  for (const stretch of shuffled(stretches, random)) {
    const own = deployed.find(
      ({ order: { route, deployment } }) => route.path.mode === stretch[1] && deployment.role !== 'twin',
    );
    if (own === undefined) throw new Error(`no server stands in ${stretch[1]} mode`);
    counted.set(stretch.join(' '), await count(stretch, own, lab, seconds));
  }
  const seen = (client: string, mode: string): Seen => {
    const [latency, throughput] = loads.map((load) => counted.get(`${client} ${mode} ${load}`));
    return {
      throughputRps: throughput?.rps ?? Number.NaN,
      cpuServerUs: throughput?.cpuServerUs ?? Number.NaN,
      latencyP50Us: latency?.latencyP50Us ?? Number.NaN,
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
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(runs) || runs < 1) {
  process.stderr.write('--rounds and --runs take whole numbers from 1\n');
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
    await session.standing(resolvePlan({ flags, env: {} }, outside.random), rounds, async (deployed, lab) => {
      done.push(await measureRound(deployed, lab, random));
    });
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
