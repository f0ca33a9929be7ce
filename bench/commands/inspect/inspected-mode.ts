import type { NetworkInterface } from '../../model/network-stack.ts';
import type { Observed } from '../../model/observed.ts';
import type { Stop } from '../../model/obstacles.ts';
import { type Path, pathId } from '../../model/path.ts';
import { present } from '../../model/present.ts';
import type { ServerAttachment } from '../../model/route.ts';
import type { DeployOutcome } from '../../model/stage.ts';
import type { InspectedMode } from './document.ts';

/** The views of a mode: the deployment as the lab saw it, from inside and from the host. */
export function inspectedMode(outcome: DeployOutcome): InspectedMode {
  const { order } = outcome.ok ? outcome.deployed : outcome;
  const { path } = order.route;
  const head = { mode: path.mode, path: pathId(path) };
  if (!outcome.ok) {
    const { message, hint } = outcome.error;
    return { status: 'failed', ...head, message, ...present({ hint }) };
  }
  const { url, findings, standing } = outcome.deployed;
  const { host, server, hostPort, serverPid, connection } = standing;
  const client = connection?.peers.find(({ port }) => port !== 0) ?? connection?.agent;
  return {
    status: 'running',
    ...head,
    command: commandFor(order.route.server, hostPort),
    url,
    serverPid,
    namespaceOf: namespaceOf(standing),
    server,
    hostEnds: hostEndsOf(standing),
    onHost: host.listeners.filter(({ protocol, port }) => protocol === 'tcp' && port === hostPort),
    ...(client === undefined ? {} : { client: { address: client.address, port: client.port } }),
    findings: [...findings],
  };
}

/** A mode that this engine or machine does not offer. Nothing was started for it. */
export function notOfferedMode(path: Path, { setting, reason, hint }: Stop): InspectedMode {
  return { status: 'not-offered', mode: path.mode, path: pathId(path), setting, message: reason, hint };
}

function namespaceOf({ host, server, holder }: Observed): 'host' | 'holder' | 'server' {
  if (server.namespace === host.namespace) return 'host';
  return server.namespace === holder?.namespace ? 'holder' : 'server';
}

/** Other ends: veth peers and parents of macvlans. lo has none, whatever its number. */
function hostEndsOf({ host, server }: Observed): NetworkInterface[] {
  if (server.namespace === host.namespace) return [];
  const ends = server.interfaces.flatMap(({ name, linkIndex }) => (name === 'lo' ? [] : (linkIndex ?? [])));
  return host.interfaces.filter(({ index }) => ends.includes(index));
}

/** The exercise in the form of Docker's tutorials. */
function commandFor({ kind }: ServerAttachment, hostPort: number): string {
  const published = `-p 127.0.0.1:${hostPort}:8080`;
  switch (kind) {
    case 'native':
      return 'nginx';
    case 'host':
      return 'docker run --network host nginx';
    case 'bridge':
      return `docker run ${published} nginx`;
    case 'user-bridge':
      return `docker network create mine; docker run --network mine ${published} nginx`;
    case 'mapped':
      return `docker run --name holder ${published} …; docker run --network container:holder nginx`;
    case 'none':
      return 'docker run --network none nginx';
    case 'macvlan':
      return 'docker network create -d macvlan -o parent=… mine; docker run --network mine nginx';
  }
}
