import type { Connection, Endpoint } from '../../../bench/model/connection.ts';
import { Failure, messageOf } from '../../../bench/model/failure.ts';
import { attempt, type RunCommand } from '../commander.ts';
import { type Files, readIfPresent } from '../files.ts';
import { sameEndpoint } from './sockets.ts';

/** Both directions of one entry: as the client sent it, and as the answers come. */
interface Entry {
  readonly line: string;
  readonly original: Tuple;
  readonly reply: Tuple;
}

interface Tuple {
  readonly source: Endpoint;
  readonly destination: Endpoint;
}

/** Reads the TCP entries of /proc/net/nf_conntrack or of the output of `conntrack -L`. */
export function parseConntrack(text: string): readonly Entry[] {
  return text.split('\n').flatMap((line) => {
    if (!/\btcp\s+6\s/.test(line)) return [];
    const tuples = [...line.matchAll(/src=(\S+) dst=(\S+) sport=(\d+) dport=(\d+)/g)].map(
      ([, source = '', destination = '', sourcePort = '', destinationPort = '']): Tuple => ({
        source: { address: shortened(source), port: Number(sourcePort) },
        destination: { address: shortened(destination), port: Number(destinationPort) },
      }),
    );
    const [original, reply] = tuples;
    return original === undefined || reply === undefined ? [] : [{ line: line.trim(), original, reply }];
  });
}

/**
 * The entry of one connection. It names the server that answers. The file of /proc is read first: the tool
 * would make the kernel load a module.
 * @param local and @param remote as the client's socket has them.
 */
export async function readConntrack(
  files: Files,
  run: RunCommand,
  local: Endpoint,
  remote: Endpoint,
): Promise<Connection['conntrack']> {
  const text = readIfPresent(files, '/proc/net/nf_conntrack') ?? (await listed(run));
  if (text instanceof Failure)
    return { found: false, why: `connections cannot be listed: ${messageOf(text)}` };
  const found = parseConntrack(text).find(
    ({ original }) => sameEndpoint(original.source, local) && sameEndpoint(original.destination, remote),
  );
  if (found === undefined) return { found: false, why: 'the kernel tracks no such connection' };
  return { found: true, server: found.reply.source, client: found.reply.destination, entry: found.line };
}

async function listed(run: RunCommand): Promise<string | Failure> {
  const output = await attempt(run, 'conntrack', ['-L', '-p', 'tcp']);
  return output instanceof Failure ? output : output.stdout;
}

/** The kernel prints IPv6 addresses in full: 0000:…:0001. */
function shortened(address: string): string {
  if (!address.includes(':')) return address;
  return new URL(`http://[${address}]/`).hostname.slice(1, -1);
}
