import type { Plan } from '../model/plan.ts';
import type { Deployed, Stage } from '../model/stage.ts';
import type { Warning } from '../model/warning.ts';

/** How long a running container is watched without load, in seconds. */
const watchedSeconds = 1;
/** Less than this for each request of the run is not worth a word, in seconds of CPU. */
const worthSaying = 1e-6;

/**
 * What a running container of the user's does before it gets any load: the work for its other clients, which the CPU time
 * of the run's requests will include.
 * @param pause waits for so many seconds.
 */
export async function otherClients(
  { service, rates }: Pick<Plan, 'service' | 'rates'>,
  stage: Pick<Stage, 'read'>,
  deployed: Deployed,
  pause: (seconds: number) => Promise<unknown>,
): Promise<readonly Warning[]> {
  const before = await stage.read(deployed, 'before');
  await pause(watchedSeconds);
  const after = await stage.read(deployed, 'after');
  const rate = service === undefined ? undefined : rates?.[service.name];
  const seconds = after.atSeconds - before.atSeconds;
  if (before.server === undefined || after.server === undefined || rate === undefined) return [];
  const each = (after.server.cpuSeconds - before.server.cpuSeconds) / seconds / rate;
  if (!(each >= worthSaying)) return [];
  return [
    {
      code: 'other-clients',
      message: `Before the load, the container used CPU time for its other clients: as much as ${Number((each * 1e6).toPrecision(2))} µs for each request of this run.`,
      hint: 'The CPU time of a request is too large by that, on every path. Differences and latencies are less affected. Measure at a quiet hour for the figure itself.',
    },
  ];
}
