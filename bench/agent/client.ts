import type { AgentContract, LoadAgent } from '../model/load-agent.ts';
import { present } from '../model/present.ts';
import { type Channel, rpcClient } from '../model/rpc.ts';
import { holdSeconds } from './hold.ts';

/**
 * The load agent at the other end of a channel, e.g. the attached streams of its container. `close` ends its
 * input. The agent then answers the calls that have arrived and exits.
 * @param patienceSeconds for an answer, beyond the time that its order names, because it comes through the
 *   engine.
 */
export function loadAgent(channel: Channel, patienceSeconds?: number): LoadAgent & { close(): void } {
  const rpc = rpcClient<AgentContract>(
    channel,
    'the load agent',
    patienceSeconds === undefined ? undefined : (_, order) => orderSeconds(order) + patienceSeconds,
  );
  return {
    probe: (order) => rpc.call('probe', order),
    survey: (order) => rpc.call('survey', order),
    hold: (url, request) => rpc.call('hold', { url, ...present({ request }) }),
    async release() {
      await rpc.call('release', {});
    },
    turns: (order) => rpc.call('turns', order),
    timeTask: (order) => rpc.call('timeTask', order),
    serveNothing: () => rpc.call('serveNothing', {}),
    async serveNames() {
      await rpc.call('serveNames', {});
    },
    async letGo() {
      await rpc.call('letGo', {});
    },
    jitter: (seconds) => rpc.call('jitter', { seconds }),
    localPorts: () => rpc.call('localPorts', {}),
    bySecondClient: (order) => rpc.call('wrk', order),
    close: () => rpc.close(),
  };
}

/** The longest time that an order keeps the agent busy, by the order's own figures. */
function orderSeconds(order: AgentContract[keyof AgentContract]['input']): number {
  if ('withinSeconds' in order) return order.withinSeconds;
  if ('seconds' in order) return order.seconds;
  if ('slices' in order) {
    const seconds = order.slices.map((it) => it.rampSeconds + it.sliceSeconds + it.timeoutSeconds);
    return seconds.reduce((sum, it) => sum + it, 0);
  }
  return holdSeconds;
}
