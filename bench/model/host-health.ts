import type { ConnectionRoom } from './connection-room.ts';
import type { NetworkInterface, RouteEntry } from './network-stack.ts';

/**
 * The state of a machine that widens intervals or makes a path fail, as read. Facts that it does not report
 * are absent.
 */
export interface HostHealth extends ConnectionRoom {
  /** Ticks of each CPU since boot: only the difference of two readings means anything. */
  readonly cpus: readonly CpuTicks[];
  /** Frequency governors, each once. Empty where the machine has none, as in most virtual machines. */
  readonly governors: readonly string[];
  /** Whether the clock may rise above its nominal rate. */
  readonly turbo?: boolean;
  /** Whether a hypervisor runs this machine. */
  readonly virtual: boolean;
  readonly interfaces: readonly NetworkInterface[];
  readonly routes: readonly RouteEntry[];
  readonly input: InputFilter;
}

export interface CpuTicks {
  readonly name: string;
  readonly busy: number;
  readonly steal: number;
  readonly total: number;
}

/** The firewall's decisions that can refuse packets to the host itself. */
export interface InputFilter {
  /** e.g. "ip filter INPUT drops what no rule accepts", "ip filter ufw-reject-input: reject". */
  readonly refusals: readonly string[];
  /** The message of the tools when nothing could be read. */
  readonly unread?: string;
}
