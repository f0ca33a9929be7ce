import type {
  HeldConnection,
  ProbeOrder,
  ProbeResult,
  SecondClientCount,
  SecondClientOrder,
  SliceCount,
  SliceOrder,
  TurnsOrder,
} from '../model/load-agent.ts';

/** The calls that the load agent answers, over JSON lines (bench/model/rpc.ts). */
export type AgentContract = {
  /** Asks one URL until it answers properly or the time is up. */
  probe: { input: ProbeOrder; output: ProbeResult };
  /** Opens one connection and keeps it open until `release`, or until the next `hold`. */
  hold: { input: { url: string }; output: HeldConnection };
  release: { input: Record<string, never>; output: Record<string, never> };
  /** One slice: ramp, measured window, everything closed again. */
  slice: { input: SliceOrder; output: SliceCount };
  /** The slices of several servers, measured in turns. */
  turns: { input: TurnsOrder; output: readonly SliceCount[] };
  /** Closes the connections that orders kept open. */
  letGo: { input: Record<string, never>; output: Record<string, never> };
  /** wrk's own count, from where the agent runs. */
  wrk: { input: SecondClientOrder; output: SecondClientCount };
};
