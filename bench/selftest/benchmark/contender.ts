import { plainAutocannon } from '../../agent/autocannon.ts';
import { serveRpc } from '../../model/rpc.ts';
import { measureAgent } from './by-agent.ts';
import type { Figures, Stretch } from './figures.ts';

/**
 * One stretch by bench's load agent, or by unmodified autocannon: a program, driven over its standard
 * streams.
 */
export type ContenderContract = {
  agent: { input: Stretch; output: Figures };
  autocannon: { input: Stretch; output: Figures };
};

/**
 * Time is measured from the call to autocannon's last `tick`, at which it stops counting. autocannon's own
 * `duration` includes the compression of its histograms.
 */
function measureAutocannon({ url, connections, seconds }: Stretch): Promise<Figures> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const cpuAtStart = process.cpuUsage();
    let endedAt = startedAt;
    let cpu = cpuAtStart;
    const instance = plainAutocannon(
      { url, connections, duration: seconds, sampleInt: 100 },
      (error, result) => {
        if (error !== null) reject(error);
        else {
          resolve({
            requestsPerSecond: (1e3 * result['2xx']) / (endedAt - startedAt),
            cpuUsPerRequest: (cpu.user + cpu.system) / result['2xx'],
          });
        }
      },
    );
    instance.on('tick', () => {
      endedAt = performance.now();
      cpu = process.cpuUsage(cpuAtStart);
    });
  });
}

await serveRpc<ContenderContract>(
  { input: process.stdout, output: process.stdin },
  { agent: measureAgent, autocannon: measureAutocannon },
);
