import { endpointText } from '../../bench/model/connection.ts';
import { Failure } from '../../bench/model/failure.ts';
import type { Listener } from '../../bench/model/network-stack.ts';
import { present } from '../../bench/model/present.ts';
import { canTellPort } from '../../bench/model/service.ts';
import type { DeploymentOrder } from '../../bench/model/stage.ts';
import type { Engine } from '../engine/engine.ts';

/** Where a server wants to be reached on the host. */
export interface HostSocket {
  readonly address: string;
  readonly port: number;
}

/** The holder of a socket that a server wants. Details that are unknown are left out. */
interface PortHolder extends HostSocket {
  readonly command?: string;
  readonly pid?: number;
  readonly container?: string;
}

/**
 * The first listener that blocks a wanted socket: on the same address, or on one that means all addresses.
 */
export function holderOf(
  wanted: readonly HostSocket[],
  listeners: readonly Listener[],
): PortHolder | undefined {
  const holder = listeners.find(
    ({ protocol, address, port }) =>
      protocol === 'tcp' && wanted.some((socket) => socket.port === port && overlap(socket.address, address)),
  );
  if (holder === undefined) return undefined;
  const { address, port, command, pid } = holder;
  return {
    address,
    port,
    ...present({ command, pid }),
  };
}

/**
 * `::` takes the IPv4 addresses as well, unless its owner restricts it. The restriction is invisible from
 * outside.
 */
const all = new Set(['0.0.0.0', '::']);

function overlap(wanted: string, held: string): boolean {
  return wanted === held || all.has(held) || all.has(wanted);
}

/** Name of the running container whose first process has this pid, if there is one. */
export async function containerOf(engine: Engine, pid: number | undefined): Promise<string | undefined> {
  if (pid === undefined) return undefined;
  for (const { id, name, running } of await engine.containers()) {
    if (running && (await engine.inspect(id))?.pid === pid) return name;
  }
  return undefined;
}

/**
 * The failure of a server that is refused before it starts. Its own message would come late and name no
 * holder.
 */
export function portTaken(order: DeploymentOrder, holder: PortHolder): Failure {
  const { address, port, command, pid, container } = holder;
  const who = [
    ...(pid === undefined ? [] : [`pid ${pid}`]),
    ...(container === undefined ? [] : [`container ${container}`]),
  ];
  const owner = `${command ?? 'an unknown program'}${who.length === 0 ? '' : ` (${who.join(', ')})`}`;
  const { server, path } = order.deployment;
  const { service } = order;
  const other =
    service === undefined || canTellPort(service)
      ? 'choose other ports with another --seed.'
      : 'let the service listen on another port there: --port-env names the variable that tells it, or {port} in --command or --env.';
  return new Failure(
    'casesFailed',
    `${server} (${path}) was not started: ${owner} already listens on ${endpointText({ address, port })}`,
    {
      hint: `In host mode all servers share the ports of the machine. Stop that program, or ${other}`,
    },
  );
}
