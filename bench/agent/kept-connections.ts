import type { SliceOrder } from '../model/load-agent.ts';
import { type Load, startLoad } from './autocannon.ts';
import type { Connection, Work } from './connection.ts';

/**
 * Connections that stay open from one order to the next. A young connection differs from an older one. Its
 * receiver grows its window with every segment, and acknowledges each of them at once (tcp_grow_window in
 * net/ipv4/tcp_input.c). This costs both ends a packet more a request. At bodies of 1 KiB that lasts for 200
 * answers.
 */
export class KeptConnections {
  readonly #open = new Map<string, Load<Connection>>();

  /**
   * The open connections to the order's server, as many as the order requests. They work for it from now on.
   * New ones are opened if there are none.
   */
  for(order: SliceOrder, work: Work): Load<Connection> {
    const name = nameOf(order);
    const known = this.#open.get(name);
    if (known?.connections.every((it) => !it.destroyed()) === true) {
      for (const connection of known.connections) connection.workFor(work);
      return known;
    }
    if (known !== undefined) destroy(known);
    const load = startLoad(order, work);
    this.#open.set(name, load);
    return load;
  }

  /** Closes all of them. */
  letGo(): void {
    for (const load of this.#open.values()) destroy(load);
    this.#open.clear();
  }
}

function nameOf(order: SliceOrder): string {
  const { url, request, uploadBytes, connections, expectedBodyBytes, timeoutSeconds, connectionSet } = order;
  const load = [uploadBytes, connections, expectedBodyBytes, timeoutSeconds];
  return JSON.stringify([url, request, ...load, connectionSet]);
}

function destroy({ connections }: Load<Connection>): void {
  for (const connection of connections) connection.destroy();
}
