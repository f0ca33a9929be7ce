import { type Environment, labWords } from '../../bench/model/environment.ts';
import { formatNumber } from '../../bench/model/format.ts';
import type { Plan } from '../../bench/model/plan.ts';
import type { ReportModel } from '../report-model.ts';
import { type Html, html } from './markup.ts';
import { notices } from './notices.ts';

/** The environment in which the numbers were measured. They hold only there. */
export function environmentSection(model: ReportModel): Html {
  const { environment } = model.summary;
  const facts = factsOf(environment, model.run.plan);
  return html`<section aria-labelledby="environment">
<h2 id="environment">Where it was measured: the numbers hold there only</h2>
${notices(model, 'environment')}<dl class="facts-list">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl>
${folded('Kernel settings on the path', environment.sysctls)}
${environment.mitigations === undefined ? '' : folded('Mitigations of CPU faults', environment.mitigations)}
</section>`;
}

function folded(title: string, facts: Readonly<Record<string, string>>): Html {
  return html`<details><summary>${title}</summary>
<dl class="facts-list">${Object.entries(facts).map(
    ([name, value]) => html`<dt><code>${name}</code></dt><dd>${value}</dd>\n`,
  )}</dl></details>`;
}

/** Which CPU time includes the network's work in interrupts. */
const interruptWords = {
  true: 'kept apart: in no process’s CPU time',
  false: 'part of the CPU time of the process that they interrupt',
  undefined: 'not read',
} as const;

function roaming(why: string | undefined): string {
  return why === undefined ? '' : `; docker-proxy on any CPU: ${why}`;
}

function networkFacts(network: Environment['network']): readonly (readonly [string, string])[] {
  if (network === undefined) return [];
  const { firewallRules, inputPolicy, bridgeNetfilter, mtu, conntrack } = network;
  return [
    ['Firewall rules', firewallRules === undefined ? 'not read' : String(firewallRules)],
    ['Packets to the host itself', inputPolicy],
    ['Bridged packets', bridgeNetfilter ? 'pass iptables too (br_netfilter)' : 'do not pass iptables'],
    [
      'MTU',
      Object.entries(mtu)
        .map(([name, bytes]) => `${name} ${bytes}`)
        .join(', '),
    ],
    [
      'Connection tracking',
      conntrack === undefined
        ? 'off'
        : `${conntrack.entries} of at most ${conntrack.max} connections, ${conntrack.buckets} buckets`,
    ],
  ];
}

/** @param cpus one for each load generator, separated by commas. */
function agentPlaces(cpus: string): string {
  const each = cpus.split(',');
  return each.length === 1 ? `load generator on CPU ${cpus}` : `load generators on CPUs ${each.join(', ')}`;
}

function factsOf(environment: Environment, plan: Plan): readonly (readonly [string, string])[] {
  const exchanges = plan.exchangeCpus === true ? '; on each other’s in half of the rounds' : '';
  const { engine, pinning } = environment;
  const proxy = { true: 'on', false: 'off', undefined: 'not read' }[`${engine.userlandProxy}`];
  return [
    ['CPU', `${environment.cpuModel}, ${environment.cpuCount} logical CPUs`],
    ['CPU governor', environment.cpuGovernor ?? 'not given by this machine'],
    ['Hypervisor', environment.hypervisor ?? 'not read'],
    [
      'Pinning',
      pinning.kind === 'disjoint'
        ? `servers on CPU ${pinning.serverCpus}, ${agentPlaces(pinning.agentCpus)}${exchanges}${roaming(pinning.proxiesRoam)}`
        : pinning.untouched === true
          ? 'none: the container keeps its CPUs, and the load generator may run on the same ones'
          : 'shared: servers and load generator compete for the same CPUs',
    ],
    ['Memory', `${formatNumber(environment.memoryBytes / 1024 ** 3, 1)} GiB`],
    ['Kernel', environment.kernel],
    ['Timer', environment.timerHz === undefined ? 'not read' : `${environment.timerHz} Hz`],
    ['Time of interrupts', interruptWords[`${environment.irqTimeAccounting}`]],
    ['Operating system', engine.operatingSystem],
    [
      'Container engine',
      `${engine.version} (API ${engine.apiVersion}), found by ${engine.endpoint}, ${engine.storageDriver}, ` +
        `cgroup v${engine.cgroupVersion}${engine.rootless ? ', rootless' : ''}`,
    ],
    ['Network stack', labWords(engine) ?? "the machine's own"],
    ['docker-proxy', proxy],
    ...(engine.iptables === false ? [['Rules for ports by IPv4', 'off'] as const] : []),
    ['Rules for ports by IPv6', { true: 'on', false: 'off', undefined: 'not read' }[`${engine.ip6tables}`]],
    ['Firewall', environment.firewall ?? 'not read'],
    ...networkFacts(environment.network),
    ...(environment.firewallOpened ?? []).map((command) => ['Let in for the run', command] as const),
    [
      'Servers',
      Object.entries(environment.serverVersions)
        .map(([name, it]) => `${name}: ${it}`)
        .join('; '),
    ],
    ['Lab image', environment.image],
    ['External link', environment.linkSubnet ?? 'none'],
    ['bench', `${environment.benchVersion} on Node ${environment.nodeVersion}`],
  ];
}
