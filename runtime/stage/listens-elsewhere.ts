import { endpointText } from '../../bench/model/connection.ts';
import { Failure } from '../../bench/model/failure.ts';
import type { Listener } from '../../bench/model/network-stack.ts';
import type { Service } from '../../bench/model/service.ts';

interface Silent {
  readonly name: string;
  readonly service: Service;
  /** The port that it was to listen on: of its image, or the one that it was told. */
  readonly port: number;
  /** Whether its path is one over IPv6. */
  readonly byIpv6: boolean;
  /** The sockets on which processes of its container wait for connections. */
  readonly listeners: readonly Listener[];
  readonly withinSeconds: number;
  /** Its last lines. */
  readonly lines: string;
}

/**
 * The failure of a service that runs and listens nowhere, on another port, or only where its client does not reach it.
 * `undefined` if it listens where it was to.
 */
export function listensElsewhere(silent: Silent): Failure | undefined {
  const { name, service, port, byIpv6, withinSeconds } = silent;
  const sockets = silent.listeners.filter(
    // Docker's own DNS server waits in the container's stack.
    ({ protocol, address }) => protocol === 'tcp' && address !== '127.0.0.11',
  );
  const here = sockets.filter((socket) => socket.port === port);
  const reached = here.filter(({ address }) => !isLoopback(address));
  if (byIpv6 && reached.length > 0 && !reached.some(({ address }) => address.includes(':'))) {
    return failure(
      silent,
      `${name} listens by IPv4 only, at ${reached.map(endpointText).join(' and ')}`,
      'Let it listen at :: as well, or leave out the paths over IPv6.',
    );
  }
  if (reached.length > 0) return undefined;
  const [loopback] = here;
  if (loopback !== undefined) {
    return failure(
      silent,
      `${name} listens on ${endpointText(loopback)} only, which no client outside its container reaches`,
      'Let it listen at every address: 0.0.0.0.',
    );
  }
  const others = [...new Set(sockets.map((socket) => socket.port))];
  if (others.length === 0) {
    return failure(
      silent,
      `${name} listens on no port ${withinSeconds} s after its start`,
      'If it needs longer: --ready-seconds.',
    );
  }
  const ports = others.map((it) => `port ${it}`).join(' and ');
  return failure(
    silent,
    `${name} listens on ${ports}, and not on port ${port}`,
    adviceOn(service, port, others),
  );
}

function adviceOn({ port: own, portVariable }: Service, port: number, others: readonly number[]): string {
  if (port === own) return `If that is where it answers: --port ${others[0]}.`;
  return portVariable === undefined
    ? `{port} told it port ${port}, and it does not take that. Check --command and --env.`
    : `${portVariable} told it port ${port}, and it does not take that. Name the variable that it reads, or leave out --port-env.`;
}

function failure({ lines }: Silent, message: string, advice: string): Failure {
  return new Failure('casesFailed', message, { hint: `${advice} Its last lines:\n${lines || '(none)'}` });
}

function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}
