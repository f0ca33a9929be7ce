import { type NetworkMode, type PathId, pathOf } from '../../bench/model/path.ts';
import { readerWords } from '../../bench/model/reader-words.ts';

/** A path as a row of a table names it: `bridge`, and below it `-p 80:80`. */
interface PathName {
  readonly mode: string;
  /** How a user gets this mode, or where several ways lead to it: what the client dials. */
  readonly hint?: string;
}

const options: Partial<Record<NetworkMode, string>> = {
  native: 'no container',
  host: '--network host',
  bridge: '-p 80:80',
  'user-bridge': 'docker network create',
  mapped: '--network container:X',
  none: '--network none',
  macvlan: 'an address of its own',
};

export function pathName(id: PathId): PathName {
  const { mode, vantage, address, family } = pathOf(id);
  const named = family === undefined ? mode : `${mode}, IPv6`;
  const hint = vantage === 'external' || address === undefined ? options[mode] : readerWords[address].reader;
  return hint === undefined ? { mode: named } : { mode: named, hint };
}
