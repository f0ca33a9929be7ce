import * as z from 'zod';
import { endpointText } from '../../bench/model/connection.ts';
import { fromDataKeys } from '../../bench/model/data-keys.ts';
import type { Evidence } from '../../bench/model/evidence.ts';
import {
  type Listener,
  type NetworkInterface,
  type NetworkStack,
  networkInterfaceSchema,
  networkStackSchema,
} from '../../bench/model/network-stack.ts';

/** The data about a server's network stack in the raw evidence, where the run recorded them. */
const standingSchema = z.object({
  hostNamespace: z.string(),
  serverNamespace: z.string(),
  holderNamespace: z.string().optional(),
  serverStack: networkStackSchema,
  hostEnds: z.array(networkInterfaceSchema).optional(),
});

/** Raw evidence keeps the spelling of its file, because only this module knows its content. */
const standingOf = fromDataKeys(standingSchema);

/** The server's network stack in sentences. Empty for a run folder from before stacks were recorded. */
export function stackWords(raw: Evidence['raw']): readonly string[] {
  const { success, data } = standingSchema.safeParse(standingOf(raw));
  if (!success) return [];
  const { hostNamespace, serverNamespace, holderNamespace, serverStack, hostEnds = [] } = data;
  const shared = serverNamespace === hostNamespace;
  const mapped =
    holderNamespace === serverNamespace ? ', which it shares with the container it is mapped to' : '';
  return [
    shared
      ? `Network namespace ${serverNamespace}, the host's: no interface was made for it.`
      : `Network namespace ${serverNamespace}, not the host's (${hostNamespace})${mapped}.`,
    shared
      ? `Interfaces: those of the host (${names(serverStack.interfaces)}).`
      : `Interfaces: ${serverStack.interfaces.map((it) => interfaceWords(it, hostEnds)).join('; ')}.`,
    ...(serverStack.routes.length === 0 ? [] : [`Routes: ${routeWords(serverStack.routes).join(', ')}.`]),
    `Listens: ${serverStack.listeners.map(listenerWords).join(', ') || 'nothing that bench started'}.`,
    ...(serverStack.resolver === undefined ? [] : [`Name servers: ${resolverWords(serverStack.resolver)}.`]),
  ];
}

/** Most interfaces of the host that are named: a run makes a pair of them for each container. */
const mostNames = 5;

function names(interfaces: readonly NetworkInterface[]): string {
  const rest = interfaces.length - mostNames;
  const shown = interfaces.slice(0, rest > 1 ? mostNames : interfaces.length).map(({ name }) => name);
  return [...shown, ...(rest > 1 ? [`and ${rest} more`] : [])].join(', ');
}

function interfaceWords(it: NetworkInterface, hostEnds: readonly NetworkInterface[]): string {
  if (it.kind === 'loopback') return [it.name, ...it.addresses].join(' ');
  const end = hostEnds.find(({ index }) => index === it.linkIndex);
  const port = end?.master === undefined ? '' : `, a port of ${end.master}`;
  const other = end === undefined ? '' : `, on the host ${end.name}${port}`;
  return `${[it.name, ...it.addresses].join(' ')} (${it.kind}, MTU ${it.mtu}${other})`;
}

/** One text for each route. */
export function routeWords(routes: NetworkStack['routes']): readonly string[] {
  return routes.map(({ destination, gateway, device }) =>
    gateway === undefined ? `${destination} on ${device}` : `${destination} by ${gateway}`,
  );
}

export function listenerWords({ protocol, address, port, pid, command }: Listener): string {
  const owner = pid === undefined ? '' : ` ${command ?? 'process'} (pid ${pid})`;
  return `${protocol} ${endpointText({ address, port })}${owner}`;
}

export function resolverWords({ kind, nameservers }: NonNullable<NetworkStack['resolver']>): string {
  return [whoseResolver[kind], nameservers.join(', ') || 'none'].join(', ');
}

const whoseResolver = {
  host: "the host's",
  docker: "Docker's embedded server",
  other: "not the host's",
} as const satisfies Record<NonNullable<NetworkStack['resolver']>['kind'], string>;
