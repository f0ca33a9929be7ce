import { formatCount } from '../../bench/model/format.ts';
import { type Path, pathOf, type Vantage } from '../../bench/model/path.ts';
import { present } from '../../bench/model/present.ts';
import type { Run } from '../../bench/model/run.ts';
import { spokenName } from '../../bench/model/server.ts';
import { askedWords, keptWords, subjectsOf } from './subject-words.ts';

/** Where the load came from. No text suggests a remote client, which would be on another machine. */
export const vantageWords = {
  external: 'from a client on this machine, over a virtual link (no network card)',
  host: 'from the host itself',
  neighbor: 'from a container on the same bridge',
  inside: "from inside the server's own network stack",
} as const satisfies Record<Vantage, string>;

/** What was measured and where, for the first lines of every report. Numbers without it have no meaning. */
export function settingWords({ plan, environment, rates, pacedRates, surprises }: Run): string[] {
  const vantages = new Set(plan.comparisons.map(({ baseline }) => pathOf(baseline).vantage));
  const from = [...vantages].map((vantage) => vantageWords[vantage]).join(', or ');
  const servers = subjectsOf(plan).join(' and ');
  const kept = keptWords({ plan, ...present({ surprises }) });
  const asked =
    plan.request === undefined && plan.profiles.every(({ bulk }) => bulk === undefined)
      ? `bodies of ${formatCount(plan.bodyBytes)} bytes`
      : askedWords(plan);
  const { pinning, cpuCount, cpuModel, hypervisor } = environment;
  const { agents = 1 } = plan;
  const machine = [
    cpuModel,
    ...(hypervisor === undefined ? [] : [hypervisor === 'none' ? 'not virtual' : `virtual (${hypervisor})`]),
    pinning.kind === 'disjoint'
      ? `1 of ${cpuCount} CPUs for the server, ${agents === 1 ? 'another for the load generator' : `${agents} others for as many load generators`}`
      : `${cpuCount} CPU${cpuCount === 1 ? '' : 's'}, shared by server and load generator`,
  ];
  const told = (found: Run['rates']) =>
    plan.servers.flatMap((server) => {
      const rate = found?.[server];
      return rate === undefined ? [] : [`${formatCount(rate)} requests/s to ${spokenName(server)}`];
    });
  const [steady, paced] = [told(rates), told(pacedRates)];
  return [
    `${servers}, ${from}; ${asked}, ${kept === 'keep-alive' ? 'keep-alive connections' : kept}.${plan.name === undefined ? '' : ` Plan ${plan.name}.`}`,
    `${machine.join(', ')}.`,
    ...(steady.length === 0
      ? []
      : [
          `${plan.service?.running === undefined ? 'CPU a request at' : 'At'} one equal rate on all paths: ${steady.join(', ')}.`,
        ]),
    ...(paced.length === 0
      ? []
      : [
          `Slow requests at one equal rate on all paths, ${plan.paced?.arrivals ?? 'poisson'} arrivals: ${paced.join(', ')}. A latency counts from when its request was due.`,
        ]),
  ];
}

/** The name of a mode in a sentence, with the address where there are several. */
export function modeWords({ mode, vantage, address, family }: Path): string {
  const named = mode === 'native' ? 'a native process' : `${mode} mode`;
  const over = family === undefined ? '' : ' over IPv6';
  if (address === undefined) return `${named}${over}`;
  // An external client reaches a bridge only by published port. From nearer vantages there are several ways.
  if (address === 'published') return `${named}${vantage === 'external' ? '' : ' by published port'}${over}`;
  return `${named} by ${address} address${over}`;
}
