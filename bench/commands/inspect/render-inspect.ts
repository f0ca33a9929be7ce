import { listenerWords, resolverWords, routeWords } from '../../../reports/words/stack-words.ts';
import type { Listener, NetworkInterface, NetworkStack } from '../../model/network-stack.ts';
import type { InspectDocument, InspectedMode, RunningMode } from './document.ts';
import { type Column, sideBySide } from './side-by-side.ts';

const rows = [
  'path',
  'as docker',
  'stack',
  'interfaces',
  'routes',
  'listens',
  'name servers',
  'on the host',
  'port on the host',
  'dialled',
  'evidence',
] as const;
type Row = (typeof rows)[number];

/** Each mode's network stack, side by side, for a terminal. */
export function renderInspect(document: InspectDocument, width: number): string {
  const { engine, host, modes, discardedPorts } = document;
  const parts = [
    `Engine ${engine.version} (API ${engine.apiVersion}, ${engine.address}). bench started one nginx in each mode and removes all of them.\n`,
    ...(host === undefined
      ? []
      : [
          `The host${engine.stack === 'lab' ? " (the lab's own network stack, not this machine's)" : ''}: ${host.namespace}; ${host.interfaces.map(interfaceWords).join('; ')}; name servers ${host.resolver?.nameservers.join(', ') ?? 'not read'}.\n`,
        ]),
    `\n${sideBySide(modes.map(columnOf), rows, width)}`,
    ...(discardedPorts === undefined ? [] : [`\n${discardedWords(discardedPorts)}`]),
  ];
  return parts.join('');
}

function columnOf(mode: InspectedMode): Column {
  if (mode.status === 'failed') {
    const why = [mode.message, ...(mode.hint === undefined ? [] : mode.hint.split('\n'))];
    return { title: mode.mode, cells: { path: [mode.path], stack: ['the server did not answer', ...why] } };
  }
  if (mode.status === 'not-offered') {
    const why = [`${mode.setting}: ${mode.message}`, ...mode.hint.split('\n')];
    return { title: mode.mode, cells: { path: [mode.path], stack: ['impossible on this engine', ...why] } };
  }
  const { server, namespaceOf } = mode;
  const shared = namespaceOf === 'host';
  const cells: Record<Row, readonly string[]> = {
    path: [mode.path],
    'as docker': mode.command.split('; '),
    stack: [server.namespace, whose[namespaceOf]],
    interfaces: shared
      ? [`the host's (${server.interfaces.length}): none was created for it`]
      : server.interfaces.map(interfaceWords),
    routes: shared ? ["the host's"] : shownRoutes(server),
    listens: listensInside(mode).map(listenerWords),
    'name servers': [server.resolver === undefined ? 'no resolv.conf' : resolverWords(server.resolver)],
    'on the host': mode.hostEnds.length === 0 ? ['no interface'] : mode.hostEnds.map(hostEndWords),
    'port on the host': mode.onHost.length === 0 ? ['no process listens'] : mode.onHost.map(listenerWords),
    dialled: [
      `${mode.url} answered`,
      ...(mode.client === undefined ? [] : [`it saw ${mode.client.address} as its client`]),
    ],
    evidence: evidenceWords(mode),
  };
  return { title: mode.mode, cells };
}

const whose = {
  host: "the host's own",
  holder: 'of the container that it is mapped to',
  server: 'of its own',
} as const satisfies Record<RunningMode['namespaceOf'], string>;

/**
 * In the host's stack all listeners of the machine are visible. The server's own are recognized by their
 * owner.
 */
function listensInside({ server, serverPid, namespaceOf }: RunningMode): readonly Listener[] {
  return namespaceOf === 'host' ? server.listeners.filter(({ pid }) => pid === serverPid) : server.listeners;
}

function interfaceWords({ name, kind, mtu, addresses }: NetworkInterface): string {
  const shown = addresses.filter((address) => !address.startsWith('fe80:'));
  const words = [name, ...shown].join(' ');
  return kind === 'loopback' ? words : `${words} (${kind}, MTU ${mtu})`;
}

function hostEndWords({ name, kind, master }: NetworkInterface): string {
  return `${name} (${kind}${master === undefined ? '' : `, port of ${master}`})`;
}

function shownRoutes({ routes }: NetworkStack): readonly string[] {
  const shown = routeWords(routes.filter(({ destination }) => !destination.startsWith('fe80:')));
  return shown.length === 0 ? ['none'] : shown;
}

function evidenceWords({ findings }: RunningMode): readonly string[] {
  const broken = findings.filter(({ holds }) => !holds);
  return [
    `${findings.length - broken.length} of ${findings.length} claims that need no load are true`,
    ...broken.map(
      ({ claim, expected, observed }) => `false: ${claim} (expected ${expected}; observed ${observed})`,
    ),
  ];
}

function discardedWords({
  command,
  warnings,
  bound,
}: NonNullable<InspectDocument['discardedPorts']>): string {
  const said =
    warnings.length === 0
      ? "The engine's API gives no warning."
      : `The engine's warning when the container was created: ${warnings.map((it) => `"${it}"`).join(', ')}.`;
  const port = bound
    ? 'Another process listens on that port.'
    : 'No process listened on that port while the container ran.';
  return `Published ports and host mode: ${command}\n  ${said}\n  ${port}\n`;
}
