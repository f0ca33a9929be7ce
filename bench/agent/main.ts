import { systemClock } from '../model/clock.ts';
import { messageOf } from '../model/failure.ts';
import type { AgentContract } from '../model/load-agent.ts';
import { serveRpc } from '../model/rpc.ts';
import { cpuReader } from './cpus.ts';
import { garbageCollector } from './heap.ts';
import { connectionHolder } from './hold.ts';
import { jitter } from './jitter.ts';
import { KeptConnections } from './kept-connections.ts';
import { readLocalPorts } from './local-ports.ts';
import { machineReader } from './machine.ts';
import { machineClock } from './machine-clock.ts';
import { timeTask } from './micro-probes.ts';
import { serveNames } from './name-server.ts';
import { serveNothing } from './null-server.ts';
import { probe } from './probe.ts';
import { survey } from './survey.ts';
import { runTurns } from './turns.ts';
import { runWrk } from './wrk.ts';

/*
 * The program in the load agent's container. Standard output carries replies and nothing else; it exits when
 * its input ends, so that a killed CLI leaves no agent behind.
 */
const { hold, release } = connectionHolder();
const kept = new KeptConnections();
const instruments = {
  clock: machineClock(),
  machine: machineReader(),
  cpus: cpuReader(),
  collectGarbage: garbageCollector(),
  kept,
};
try {
  await serveRpc<AgentContract>(
    { input: process.stdout, output: process.stdin },
    {
      probe: (order) => probe(order, systemClock.monotonicSeconds),
      survey: (order) => survey(order, systemClock.monotonicSeconds),
      hold,
      async release() {
        await release();
        return {};
      },
      turns: (order) => runTurns(order, instruments),
      timeTask,
      async serveNames() {
        (await serveNames()).unref();
        return {};
      },
      async serveNothing() {
        const { port, server } = await serveNothing();
        // The agent exits when its input ends, with or without connections.
        server.unref();
        return { port };
      },
      async letGo() {
        kept.letGo();
        return {};
      },
      clock: async () => ({ seconds: instruments.clock() }),
      jitter: async ({ seconds }) => jitter(seconds, () => performance.now()),
      localPorts: async () => readLocalPorts(),
      wrk: runWrk,
    },
  );
} catch (error) {
  process.stderr.write(`load agent: ${messageOf(error)}\n`);
  process.exitCode = 1;
  process.stdin.destroy();
}
