import type { PublishingSettings } from './carrier.ts';

/**
 * The facts of an engine and its machine that decide which paths packets can take there, as the running
 * daemon and the kernel report them. A fact that was not read is absent: it stops no path.
 */
export interface PathFacts {
  readonly publishing?: PublishingSettings;
  readonly defaultBridge?: DefaultBridge;
  /** `net.ipv4.ip_forward`: whether the kernel passes packets on from one interface to another. */
  readonly ipForward?: boolean;
  /** `net.ipv6.conf.all.forwarding`: the same for IPv6. */
  readonly ip6Forward?: boolean;
  /** `net.bridge.bridge-nf-call-iptables`: whether packets between ports of one bridge pass the firewall. */
  readonly bridgeNetfilter?: boolean;
  /** The `disable_ipv6` settings that are on, by their names, e.g. `net.ipv6.conf.all.disable_ipv6`. */
  readonly ipv6Off?: readonly string[];
  /**
   * Path of the engine's configuration file, if it changed after the engine started: it is not in effect yet.
   */
  readonly changedFile?: string;
}

/** The bridge of containers that request no other. */
export type DefaultBridge =
  | {
      readonly exists: true;
      /** The host's end, e.g. docker0. */
      readonly device: string;
      /** Whether containers on it may reach each other (`icc`). */
      readonly icc: boolean;
    }
  /** The engine is configured to have none (`"bridge": "none"`). */
  | { readonly exists: false };
