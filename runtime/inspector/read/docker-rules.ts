import { Failure } from '../../../bench/model/failure.ts';
import { attempt, type RunCommand } from '../commander.ts';
import type { Firewall } from './firewall.ts';

/** What the rules that a running Docker Engine has written for IPv4 tell about its settings. */
export interface DockerRules {
  /** Whether packets to this host are led to rules of Docker's at all. */
  readonly written: boolean;
  /** Whether they leave loopback to docker-proxy; absent where the rules do not show it. */
  readonly userlandProxy?: boolean;
}

/**
 * Reads `iptables-save -t nat`. What the host sends to 127.0.0.0/8 is translated only by an engine without docker-proxy
 * (moby, libnetwork/iptables: the chain's rule in OUTPUT).
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
    // A table of the engine's own nftables backend has its rules in other words.
    if (backend === 'nftables' && name === 'ip docker-bridges') return { written: true };
    if (backend !== 'iptables-nft' && backend !== 'iptables-legacy') continue;
    const saved = await attempt(run, `${backend}-save`, ['-t', 'nat']);
    if (saved instanceof Failure) return undefined;
    const rules = parseDockerRules(saved.stdout);
    if (rules.written) return rules;
  }
  return { written: false };
}
