import type { HostNetwork } from '../../../bench/model/environment.ts';
import type { RunCommand } from '../commander.ts';
import { type Files, readIfPresent } from '../files.ts';
import { describeInput, type Firewall } from './firewall.ts';
import { readInterfaces } from './interfaces.ts';

/** The parts of the host's network that a packet meets on its way, and their limits. */
export async function readHostNetwork(
  files: Files,
  run: RunCommand,
  firewall: Firewall,
): Promise<HostNetwork> {
  const setting = (name: string) => readIfPresent(files, `/proc/sys/net/${name}`)?.trim();
  const [entries, max, buckets] = ['count', 'max', 'buckets'].map((name) =>
    setting(`netfilter/nf_conntrack_${name}`),
  );
  const interfaces = await readInterfaces(run, 'host');
  return {
    ...(firewall.unread === undefined ? { firewallRules: firewall.rules } : {}),
    inputPolicy: describeInput(firewall),
    // Without the module the file does not exist, and bridged packets never meet iptables.
    bridgeNetfilter: setting('bridge/bridge-nf-call-iptables') === '1',
    // A veth belongs to a container and exists only as long as the container does.
    mtu: Object.fromEntries(
      interfaces.filter(({ kind }) => kind !== 'veth').map(({ name, mtu }) => [name, mtu]),
    ),
    ...(entries === undefined || max === undefined || buckets === undefined
      ? {}
      : { conntrack: { entries: Number(entries), max: Number(max), buckets: Number(buckets) } }),
  };
}
