import { type Channel, type RpcClient, rpcClient } from '../../bench/model/rpc.ts';
import type { InspectorContract } from './contract.ts';

/** The inspector as the rest of the program sees it: the calls of its contract, and `close()`. */
export type Inspector = RpcClient<InspectorContract>;

/**
 * Speaks to a running inspector. After `close()` it removes the links it made and exits.
 * @param patienceSeconds for each answer. All that it is asked takes milliseconds, but comes through the engine.
 */
export function inspector(channel: Channel, patienceSeconds?: number): Inspector {
  return rpcClient<InspectorContract>(
    channel,
    'the inspector',
    patienceSeconds === undefined ? undefined : () => patienceSeconds,
  );
}
