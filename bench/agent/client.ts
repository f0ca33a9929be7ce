import type { LoadAgent } from '../model/load-agent.ts';
import { type Channel, rpcClient } from '../model/rpc.ts';
import type { AgentContract } from './contract.ts';

/**
 * The load agent at the far end of a channel, e.g. the attached streams of its container.
 * `close` ends its input, upon which it answers what has arrived and exits.
 */
export function loadAgent(channel: Channel): LoadAgent & { close(): void } {
  const rpc = rpcClient<AgentContract>(channel, 'the load agent');
  return {
    probe: (order) => rpc.call('probe', order),
    slice: (order) => rpc.call('slice', order),
    close: () => rpc.close(),
  };
}
