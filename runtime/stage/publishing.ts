import { type PublishingSettings, usualPublishing, writesIpv6Rules } from '../../bench/model/carrier.ts';
import { isPublished } from '../../bench/model/route.ts';
import type { Inspector } from '../inspector/client.ts';
import type { Machine } from '../inspector/contract.ts';
import type { Ready } from './observe.ts';

/** How the engine publishes ports, as far as has been observed. */
export interface Publishing {
  /** `undefined` until a daemon's settings or a published port have been seen. */
  readonly known: PublishingSettings | undefined;
  /**
   * Learns the settings. They are certain if one of the servers that have just started has a published port.
   */
  learn(ready: readonly Pick<Ready, 'order'>[]): Promise<PublishingSettings>;
}

/** A running container of the user's may be on a bridge without publishing its port. */
function hasPublishedPort({ route, service }: Ready['order']): boolean {
  const { running } = service ?? {};
  return isPublished(route) && (running === undefined || running.published !== undefined);
}

/**
 * Reads what no engine's API reports: the daemon's own settings. If no daemon is visible, it reads what the
 * daemon did for the first published port.
 * @param engineVersion decides where neither a flag nor the configuration says what the daemon does.
 */
export function publishingOf(
  { daemon, dockerIpv6 }: Pick<Machine, 'daemon' | 'dockerIpv6'>,
  engineVersion: string,
  inspector: Inspector,
): Publishing {
  const settings = { ...usualPublishing, iptables: daemon?.iptables ?? true, ip6tables: writesRules() };
  const userlandProxy = daemon?.userlandProxy;
  let known: PublishingSettings | undefined =
    userlandProxy === undefined ? undefined : { ...settings, userlandProxy };

  /**
   * An engine that cannot make its chains warns, and continues without them (moby, drivers/bridge). An engine
   * before 27 that no longer writes IPv6 rules may have left its earlier chains behind. Chains alone
   * therefore prove nothing.
   */
  function writesRules(): boolean {
    if (daemon === undefined) return dockerIpv6 ?? writesIpv6Rules(engineVersion);
    return (daemon.ip6tables ?? writesIpv6Rules(engineVersion)) && dockerIpv6 !== false;
  }

  return {
    get known() {
      return known;
    },
    async learn(ready) {
      const published = ready.map(({ order }) => order).filter(hasPublishedPort);
      const byIpv4 = published.find(({ route }) => route.path.family === undefined);
      const port = (byIpv4 ?? published[0])?.hostPort;
      if (known !== undefined || port === undefined) return known ?? settings;
      const nothing = { cgroups: {}, containers: [], idle: [], stacks: {}, hostInterfaces: [] };
      const { proxies, dnat } = await inspector.call('snapshot', {
        edge: 'after',
        ...nothing,
        ports: [port],
      });
      // An IPv4 port that answers without a rule is served by docker-proxy.
      const iptables = byIpv4 === undefined || proxies[port] === undefined || dnat[port] !== undefined;
      known = {
        ...settings,
        iptables: settings.iptables && iptables,
        userlandProxy: proxies[port] !== undefined,
      };
      return known;
    },
  };
}
