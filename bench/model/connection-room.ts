import type { LocalPorts } from './local-ports.ts';

/** How many more connections a network stack can take. */
export interface ConnectionRoom {
  /** Connection tracking: its entries and their limit. Absent where the kernel tracks no connections. */
  readonly conntrack?: { readonly entries: number; readonly limit: number };
  readonly ports: LocalPorts;
}
