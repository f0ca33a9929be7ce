import type { ProbeOrder, ProbeResult, SliceCount, SliceOrder } from '../model/load-agent.ts';

/** What the load agent answers, over JSON lines (bench/model/rpc.ts). */
export type AgentContract = {
  /** Asks one URL until it answers properly or the time is up. */
  probe: { input: ProbeOrder; output: ProbeResult };
  /** One slice: ramp, measured window, everything closed again. */
  slice: { input: SliceOrder; output: SliceCount };
};
