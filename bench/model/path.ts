import * as z from 'zod';
import { present } from './present.ts';

/** How the server's container is attached to the network. `native` is the same binary without a container. */
export const networkModes = [
  'native',
  'host',
  'bridge',
  'user-bridge',
  'mapped',
  'none',
  'macvlan',
  'overlay',
] as const;
export type NetworkMode = (typeof networkModes)[number];

/** Where the load generator is located. */
export const vantages = ['external', 'host', 'neighbor', 'inside'] as const;
export type Vantage = (typeof vantages)[number];

/** Which address is dialled. Left out where a mode and a vantage leave only one. */
export const addresses = ['published', 'container', 'loopback'] as const;
export type Address = (typeof addresses)[number];

/** Version of the internet protocol. Left out where it is 4. */
type Family = 'ipv6';

/** The route that packets take: network mode, vantage, address, and version of the internet protocol. */
export interface Path {
  readonly mode: NetworkMode;
  readonly vantage: Vantage;
  readonly address?: Address;
  readonly family?: Family;
}

/** A path's id: `mode/vantage[/address][/ipv6]`, e.g. `bridge/external/published` or `host/external/ipv6`. */
export type PathId = string;

export const pathIdSchema = z
  .string()
  .regex(
    new RegExp(`^(${networkModes.join('|')})/(${vantages.join('|')})(/(${addresses.join('|')}))?(/ipv6)?$`),
  )
  .describe(
    'The way of the packets: mode/vantage[/address][/ipv6], e.g. bridge/external/published. The mode is how the server is ' +
      'attached, the vantage where the load agent stands, the address what it dials.',
  );

export function pathId({ mode, vantage, address, family }: Path): PathId {
  return [mode, vantage, address, family].filter((word) => word !== undefined).join('/');
}

/**
 * The path that an id names.
 * @throws {Error} the id is not checked: ids from outside go through `pathIdSchema` or `parsePathId`.
 */
export function pathOf(id: PathId): Path {
  const path = parsePathId(id);
  if (path === undefined) throw new Error(`${id} is not the id of a path`);
  return path;
}

/** Reads a text that may be a path's id; `undefined` if one of its words is not a mode, a vantage, an address or `ipv6`. */
export function parsePathId(id: PathId): Path | undefined {
  const words = id.split('/');
  const family = words.at(-1) === 'ipv6' ? 'ipv6' : undefined;
  const [modeWord, vantageWord, addressWord, ...rest] = family === undefined ? words : words.slice(0, -1);
  const mode = networkModes.find((word) => word === modeWord);
  const vantage = vantages.find((word) => word === vantageWord);
  const address = addresses.find((word) => word === addressWord);
  if (mode === undefined || vantage === undefined || rest.length > 0) return undefined;
  if (addressWord !== undefined && address === undefined) return undefined;
  return {
    mode,
    vantage,
    ...present({ address, family }),
  };
}
