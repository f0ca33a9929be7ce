import type { AgentContract, Appointments, LoadAgent } from '../model/load-agent.ts';
import { present } from '../model/present.ts';
import type { Request } from '../model/request.ts';
import { type Channel, rpcClient } from '../model/rpc.ts';
import { holdSeconds } from './hold.ts';

/**
 * The load agent at the other end of a channel, e.g. the attached streams of its container. `close` ends its
 * input. The agent then answers the calls that have arrived and exits.
 * @param patienceSeconds for an answer, beyond the time that its order names, because it comes through the
 *   engine.
 * @param secretHeaders values of the headers that requests only name. They are added here, on the way to the agent:
 *   no order, plan or record has them.
 */
export function loadAgent(
  channel: Channel,
  patienceSeconds?: number,
  secretHeaders: Request['headers'] = {},
): LoadAgent & { close(): void } {
  const rpc = rpcClient<AgentContract>(
    channel,
    'the load agent',
    patienceSeconds === undefined ? undefined : (_, order) => orderSeconds(order) + patienceSeconds,
  );
  /** What is asked, with the values of all its headers. */
  function asked<Order extends { readonly request?: Request }>(order: Order): Order {
    const { request } = order;
    if (request?.secretHeaders === undefined) return order;
    const { secretHeaders: names, ...others } = request;
    const secrets = names.map((name): [string, string] => {
      const value = secretHeaders[name];
      if (value === undefined) throw new Error(`no value for the header ${name}`);
      return [name, value];
    });
    const headers = { ...others.headers, ...Object.fromEntries(secrets) };
    return { ...order, request: { ...others, headers } };
  }
  return {
    probe: async (order) => rpc.call('probe', asked(order)),
    survey: async (order) => rpc.call('survey', asked(order)),
    hold: async (url, request) => rpc.call('hold', asked({ url, ...present({ request }) })),
    async release() {
      await rpc.call('release', {});
    },
    turns: async (order) => rpc.call('turns', { ...order, slices: order.slices.map(asked) }),
    timeTask: async ({ task, seconds }) =>
      rpc.call('timeTask', { task: task.kind === 'request' ? asked(task) : task, seconds }),
    serveNothing: () => rpc.call('serveNothing', {}),
    async serveNames() {
      await rpc.call('serveNames', {});
    },
    async letGo() {
      await rpc.call('letGo', {});
    },
    clock: async () => (await rpc.call('clock', {})).seconds,
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
    return seconds.reduce((sum, it) => sum + it, appointedSeconds(order.appointments));
  }
  return holdSeconds;
}

/** From the first ramp to the end of the last window. */
function appointedSeconds(appointments: Appointments | undefined): number {
  if (appointments === undefined) return 0;
  const { ramps, windows, windowSeconds } = appointments;
  return (windows.at(-1) ?? 0) + windowSeconds - (ramps[0] ?? 0);
}
