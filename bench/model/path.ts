import * as z from 'zod';

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

/** Where the load generator stands. */
export const vantages = ['external', 'host', 'neighbor', 'inside'] as const;
export type Vantage = (typeof vantages)[number];

/** Which address is dialled. Left out where a mode and a vantage leave only one. */
export const addresses = ['published', 'container', 'loopback'] as const;
export type Address = (typeof addresses)[number];

/** The route that packets take: network mode, vantage and address. */
export interface Path {
  readonly mode: NetworkMode;
  readonly vantage: Vantage;
  readonly address?: Address;
}

/** A path's id: `mode/vantage[/address]`, e.g. `bridge/external/published`. */
export type PathId = string;

export const pathIdSchema = z
  .string()
  .regex(/^[a-z-]+\/[a-z]+(\/[a-z]+)?$/)
  .describe('mode/vantage[/address], e.g. bridge/external/published');

export function pathId(path: Path): PathId {
  return [path.mode, path.vantage, ...(path.address === undefined ? [] : [path.address])].join('/');
}

/** Reads a path's id; `undefined` if one of its words is not a mode, a vantage or an address. */
export function parsePathId(id: PathId): Path | undefined {
  const [modeWord, vantageWord, addressWord, ...rest] = id.split('/');
  const mode = networkModes.find((word) => word === modeWord);
  const vantage = vantages.find((word) => word === vantageWord);
  if (mode === undefined || vantage === undefined || rest.length > 0) return undefined;
  if (addressWord === undefined) return { mode, vantage };
  const address = addresses.find((word) => word === addressWord);
  return address === undefined ? undefined : { mode, vantage, address };
}
