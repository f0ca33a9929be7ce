import type { Case } from '../../bench/model/case.ts';
import { type NetworkMode, type PathId, pathOf } from '../../bench/model/path.ts';
import type { Plan } from '../../bench/model/plan.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import { spokenName } from '../../bench/model/server.ts';
import { twinWord } from './baseline-words.ts';

/** A path as a row of a table names it: `bridge`, and below it `-p 80:80`. */
interface PathName {
  readonly mode: string;
  /** How a user gets this mode, or where several ways lead to it: what the client dials. */
  readonly hint?: string;
}

const options: Partial<Record<Exclude<NetworkMode, 'bridge'>, string>> = {
  native: 'no container',
  host: '--network host',
  'user-bridge': 'docker network create',
  mapped: '--network container:X',
  none: '--network none',
  macvlan: 'an address of its own',
};

/** @param plan of the run: a service of the user's is published by its own port. */
export function pathName(id: PathId, { service }: Pick<Plan, 'service'>): PathName {
  const { mode, vantage, address, family } = pathOf(id);
  const named = family === undefined ? mode : `${mode}, IPv6`;
  const { port, running = undefined } = service ?? { port: 80 };
  const option = mode === 'bridge' ? `-p ${running?.published?.port ?? port}:${port}` : options[mode];
  const hint = vantage === 'external' || address === undefined ? option : readerWords[address].reader;
  return hint === undefined ? { mode: named } : { mode: named, hint };
}

/**
 * A path as a row of a table whose heading says where the client stands: `bridge`, `bridge, by loopback`,
 * `host, IPv6`.
 * @param withFamily false where the heading names the version of the internet protocol as well.
 */
export function pathLabel(path: PathId, withFamily = true): string {
  const { mode, vantage, address, family } = pathOf(path);
  // An external client has one way to each mode: the address tells nothing that the mode does not.
  const way = vantage === 'external' || address === undefined ? [] : [readerWords[address].reader];
  return [mode, ...way, ...(withFamily && family !== undefined ? ['IPv6'] : [])].join(', ');
}

/** Where the client of a path stands, and its version of the internet protocol: `client on the host, IPv6`. */
export function clientLabel(path: PathId): string {
  const { vantage, family } = pathOf(path);
  return [readerWords[vantage].reader, ...(family === undefined ? [] : ['IPv6'])].join(', ');
}

/** The path with its client, where a run has several. */
function fullLabel(path: PathId, severalClients: boolean): string {
  if (!severalClients) return pathLabel(path);
  return `${pathLabel(path)}, ${readerWords[pathOf(path).vantage].reader}`;
}

/** What is compared together: `nginx, equal rate`. */
export function groupLabel({ server, profile }: Pick<Case, 'server' | 'profile'>): string {
  return `${spokenName(server)}, ${readerWords[profile].reader}`;
}

/** A path or the noise check, with its client where a run has several. */
export function caseName({ path, role }: Pick<Case, 'path' | 'role'>, severalClients: boolean): string {
  if (role !== 'twin') return fullLabel(path, severalClients);
  if (pathOf(path).mode !== 'host') return `${fullLabel(path, severalClients)}, ${twinWord(path)}`;
  return severalClients ? `second copy of ${fullLabel(path, true)}` : 'second copy of host mode';
}
