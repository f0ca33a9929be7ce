import { messageOf } from '../model/failure.ts';
import { serveRpc } from '../model/rpc.ts';
import { runSlice } from './autocannon.ts';
import { monotonicClock } from './clock.ts';
import type { AgentContract } from './contract.ts';
import { connectionHolder } from './hold.ts';
import { probe } from './probe.ts';

/*
 * The program in the load agent's container. Standard output carries replies and nothing else; it exits when
 * its input ends, so that a killed CLI leaves no agent behind.
 */
const { hold, release } = connectionHolder();
try {
  await serveRpc<AgentContract>(
    { input: process.stdout, output: process.stdin },
    {
      probe: (order) => probe(order, monotonicClock),
      hold: ({ url }) => hold(url),
      async release() {
        await release();
        return {};
      },
      slice: (order) => runSlice(order, monotonicClock),
    },
  );
} catch (error) {
  process.stderr.write(`load agent: ${messageOf(error)}\n`);
  process.exitCode = 1;
  process.stdin.destroy();
}
