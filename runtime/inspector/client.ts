import { type Channel, type RpcClient, rpcClient } from '../../bench/model/rpc.ts';
import type { InspectorContract } from './contract.ts';

/** The inspector as the rest of the program sees it: the calls of its contract, and `close()`. */
export type Inspector = RpcClient<InspectorContract>;

/**
 * Speaks to a running inspector. After `close()` the inspector removes the links that it made and exits.
 * @param patienceSeconds for each answer. Each call takes milliseconds, but its answer comes through the
 *   engine.
 */
export function inspector(channel: Channel, patienceSeconds?: number): Inspector {
  return rpcClient<InspectorContract>(
    channel,
    'the inspector',
    patienceSeconds === undefined ? undefined : () => patienceSeconds,
  );
}
