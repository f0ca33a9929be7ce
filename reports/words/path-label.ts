import type { Case } from '../../bench/model/case.ts';
import { type PathId, pathOf } from '../../bench/model/path.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import { serverNames } from './finding-words.ts';

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
  return `${serverNames[server]}, ${readerWords[profile].reader}`;
}

/** A path or the noise check, with its client where a run has several. */
export function caseName({ path, role }: Pick<Case, 'path' | 'role'>, severalClients: boolean): string {
  if (role !== 'twin') return fullLabel(path, severalClients);
  return severalClients ? `second copy of ${fullLabel(path, true)}` : 'second copy of host mode';
}
