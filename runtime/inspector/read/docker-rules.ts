import { Failure } from '../../../bench/model/failure.ts';
import { attempt, type RunCommand } from '../commander.ts';
import type { Firewall } from './firewall.ts';

/** Settings of a running Docker Engine, as far as the rules that it has written for IPv4 show them. */
export interface DockerRules {
  /** Whether packets to this host are sent to rules of Docker's at all. */
  readonly written: boolean;
  /** Whether the rules leave loopback to docker-proxy. Absent where they do not show it. */
  readonly userlandProxy?: boolean;
}

/**
 * Reads `iptables-save -t nat`. Only an engine without docker-proxy translates what the host sends to
 * 127.0.0.0/8 (moby, libnetwork/iptables: the chain's rule in OUTPUT).
 */
export function parseDockerRules(text: string): DockerRules {
  const output = /^-A OUTPUT (.*)-j DOCKER$/m.exec(text)?.[1];
  return {
    written: /^-A PREROUTING .*-j DOCKER$/m.test(text),
    ...(output === undefined ? {} : { userlandProxy: /! (-d|--dst) 127\.0\.0\.0\/8/.test(output) }),
  };
}

/** `undefined` where the firewall cannot be read. */
export async function readDockerRules(
  run: RunCommand,
  { natTables, unread }: Firewall,
): Promise<DockerRules | undefined> {
  if (unread !== undefined) return undefined;
  for (const { backend, name } of natTables) {
    // The engine's own nftables backend writes its rules in another syntax.
    if (backend === 'nftables' && name === 'ip docker-bridges') return { written: true };
    if (backend !== 'iptables-nft' && backend !== 'iptables-legacy') continue;
    const saved = await attempt(run, `${backend}-save`, ['-t', 'nat']);
    if (saved instanceof Failure) return undefined;
    const rules = parseDockerRules(saved.stdout);
    if (rules.written) return rules;
  }
  return { written: false };
}
