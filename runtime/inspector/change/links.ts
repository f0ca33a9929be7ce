import { Failure } from '../../../bench/model/failure.ts';
import type { RunCommand } from '../commander.ts';
import type { LinkOrder } from '../contract.ts';
import type { Files } from '../files.ts';
import { parseTraffic } from '../read/interfaces.ts';

/** IFNAMSIZ in include/uapi/linux/if.h, less the closing NUL. */
const longestName = 15;

/** The links that one inspector makes. The inspector remembers them and removes them when it exits. */
export interface Links {
  create(order: LinkOrder): Promise<void>;
  /** False if the link was removed before, e.g. with the stack at its other end. */
  remove(name: string): Promise<boolean>;
  /** Names of the host's interfaces that start with `prefix`. */
  list(prefix: string): readonly string[];
  /** Removes all that were made and not removed yet. */
  removeAll(): Promise<void>;
}

export function hostLinks(files: Files, run: RunCommand): Links {
  const made = new Set<string>();
  let underWay: Promise<unknown> = Promise.resolve();
  const list = (prefix: string) =>
    [...parseTraffic(files.read('/proc/net/dev')).keys()].filter((name) => name.startsWith(prefix));

  async function remove(name: string): Promise<boolean> {
    const existed = list('').includes(name) && (await removeNow(name));
    made.delete(name);
    return existed;
  }

  async function removeNow(name: string): Promise<boolean> {
    try {
      await run('ip', ['link', 'delete', name]);
      return true;
    } catch (error) {
      // The kernel removes the link with the stack at its other end, perhaps just now.
      if (!list('').includes(name)) return false;
      throw error;
    }
  }

  async function create(order: LinkOrder): Promise<void> {
    if (order.name.length > longestName) {
      throw new Failure('internal', `an interface name has at most ${longestName} characters: ${order.name}`);
    }
    if (list('').includes(order.name)) {
      throw new Failure('unfit', `the host already has an interface ${order.name}`, {
        hint: 'An earlier run left it behind. Remove it with: bench clean',
      });
    }
    await run('ip', addLink(order));
    made.add(order.name);
    try {
      for (const [command, ...args] of configureLink(order)) await run(command, args);
    } catch (error) {
      await remove(order.name);
      throw error;
    }
  }

  return {
    list,
    remove,
    create(order) {
      const creation = create(order);
      underWay = creation.catch(() => {});
      return creation;
    },
    async removeAll() {
      // A signal may arrive while a link is being made. The link has to exist before it can be removed.
      await underWay;
      for (const name of [...made]) await remove(name);
    },
  };
}

/**
 * Arguments of the `ip` that makes the pair with its peer already inside, so that no half-made link remains.
 */
function addLink({ name, pid }: LinkOrder): readonly string[] {
  return ['link', 'add', 'name', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid)];
}

/**
 * Commands that bring a new link up:
 *
 *   host  name ─── hostAddress/25      peer  eth0 ─── peerAddress/25, default route via hostAddress
 *
 * The link gets IPv6 addresses only where they are requested, and no others. They are usable at once
 * (`nodad`). Router and duplicate-address packets would count as the slice's traffic.
 */
function configureLink(order: LinkOrder): readonly (readonly [string, ...string[]])[] {
  const {
    name,
    remark,
    pid,
    hostAddress,
    peerAddress,
    hostAddress6,
    peerAddress6,
    furtherAddresses = [],
  } = order;
  const inside = ['nsenter', '-t', String(pid), '-n', 'ip'] as const;
  return [
    ['ip', 'link', 'set', 'dev', name, 'alias', remark],
    ['ip', 'link', 'set', 'dev', name, 'addrgenmode', 'none'],
    ['ip', 'addr', 'add', `${hostAddress}/25`, 'dev', name],
    ...furtherAddresses.map((address) => ['ip', 'addr', 'add', `${address}/25`, 'dev', name] as const),
    ['ip', 'link', 'set', 'dev', name, 'up'],
    [...inside, 'link', 'set', 'dev', 'lo', 'up'],
    [...inside, 'link', 'set', 'dev', 'eth0', 'addrgenmode', 'none'],
    [...inside, 'addr', 'add', `${peerAddress}/25`, 'dev', 'eth0'],
    [...inside, 'link', 'set', 'dev', 'eth0', 'up'],
    [...inside, 'route', 'add', 'default', 'via', hostAddress],
    ...(hostAddress6 === undefined ? [] : [addAddress6(['ip'], hostAddress6, name)]),
    ...(peerAddress6 === undefined ? [] : [addAddress6(inside, peerAddress6, 'eth0')]),
  ];
}

function addAddress6(
  ip: readonly [string, ...string[]],
  address: string,
  device: string,
): readonly [string, ...string[]] {
  return [...ip, '-6', 'addr', 'add', `${address}/64`, 'dev', device, 'nodad'];
}
