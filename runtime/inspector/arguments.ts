import { isIP } from 'node:net';
import * as z from 'zod';
import { Failure } from '../../bench/model/failure.ts';
import type { Handlers } from '../../bench/model/rpc.ts';
import { ownServers } from '../../bench/model/server.ts';
import type { InspectorContract } from './contract.ts';

/*
 * The arguments that the inspector accepts. It can do on the host what root can. So each argument is a name,
 * a number or an address of a fixed form that no program takes for an option. Any other argument is refused.
 */

const pid = z.int().positive();
const port = z.int().min(1).max(65_535);
const bytes = z.int().nonnegative();
/** A name that the kernel accepts (dev_valid_name) and that no tool reads as an option. */
const device = z.string().regex(/^[a-zA-Z0-9_][a-zA-Z0-9_.:@-]{0,14}$/);
/** Name of a link or guard that bench makes. It ends like the id of its run. */
const runName = z.string().regex(/^bench-[0-9a-z]{4}$/);
/** Name of the bridge that a run makes for itself. */
const runBridge = z.string().regex(/^bench-[0-9a-z]{4}u$/);
const runId = z.string().regex(/^\d{8}T\d{6}Z-[0-9a-z]{4}$/);
/** The alias or comment that bench gives to what a run makes. It names the run and its owner. */
const remark = z.string().regex(/^bench run \d{8}T\d{6}Z-[0-9a-z]{4} [0-9a-f.-]+$/);
const address = z.string().refine((text) => isIP(text) !== 0, 'not an IP address');
const address4 = z.ipv4();
const address6 = z.ipv6();
const network = z.union([z.cidrv4(), z.cidrv6()]);
const cpus = z.string().regex(/^\d+(-\d+)?(,\d+(-\d+)?)*$/);
const key = z.string().max(100);
/** An absolute path without `..` parts. */
const path = z.string().regex(/^\/(?!.*(^|\/)\.\.(\/|$))[^\0]*$/);
const socket = z.string().regex(/^(\d+(\.\d+){3}|\[[0-9a-f:]+\]):\d{1,5}$/);
const endpoint = z.strictObject({ address, port });
const nothing = z.strictObject({});

const pids = z.record(key, pid);

/** The form of each call's input. The types of the contract cannot express it. */
const inputs = {
  machine: z.strictObject({ dataRoot: path.optional() }),
  stack: z.strictObject({ pid: z.union([pid, z.literal('host')]) }),
  'held-connection': z.strictObject({ serverPid: pid, serverPort: port, agent: endpoint, dialled: endpoint }),
  place: z.strictObject({ pid }),
  'start-native': z.strictObject({
    server: z.enum(ownServers),
    bodyBytes: bytes,
    bulkBytes: bytes.optional(),
    tls: z.literal(true).optional(),
    listen: z.array(socket).min(1),
    paddingBytes: z.int().min(0).max(65_536),
    cpus: cpus.optional(),
  }),
  'native-state': z.strictObject({ pid }),
  'stop-native': z.strictObject({ pid }),
  'free-subnet': z.strictObject({ wanted: key.optional() }),
  detour: z.strictObject({ device, from: address, to: address }),
  'create-link': z.strictObject({
    name: runName,
    remark,
    pid,
    hostAddress: address4,
    peerAddress: address4,
    furtherAddresses: z.array(address4).optional(),
    hostAddress6: address6.optional(),
    peerAddress6: address6.optional(),
  }),
  'certain-address': z.strictObject({ device: runBridge, address: z.cidrv6() }),
  'delete-link': z.strictObject({ name: runName }),
  'open-firewall': z.strictObject({
    doors: z.array(z.strictObject({ device, source: address4.optional() })),
    remark,
  }),
  'firewall-openings': nothing,
  'close-firewall': z.strictObject({ runId }),
  'raise-guard': z.strictObject({
    name: runName,
    remark,
    near: z.array(device).min(1),
    networks: z.array(network),
  }),
  'guard-places': z.strictObject({
    name: runName,
    addresses: z.array(address),
    sockets: z.array(endpoint),
    ports: z.array(port),
  }),
  guards: nothing,
  'remove-guard': z.strictObject({ name: runName }),
  'open-gate': z.strictObject({ pid }),
  links: z.strictObject({ prefix: key }),
  health: nothing,
  'connection-room': nothing,
  connection: z.strictObject({ local: endpoint, remote: endpoint }),
  'dnat-rules': z.strictObject({ port, family: z.enum(['ipv4', 'ipv6']).optional() }),
  'pin-proxies': z.strictObject({ ports: z.array(port), cpus }),
  'other-processes': z.strictObject({
    daemon: pid.optional(),
    containers: z.array(pid),
    ports: z.array(port),
    bench: z.strictObject({ pid, startTicks: z.string().regex(/^\d+$/) }).optional(),
  }),
  'kernel-counters': z.strictObject({ server: pid, agent: pid }),
  snapshot: z.strictObject({
    edge: z.enum(['before', 'after']),
    cgroups: pids,
    daemon: pid.optional(),
    containers: z.array(pid),
    idle: z.array(pid),
    processes: pids.optional(),
    stacks: pids,
    hostInterfaces: z.array(device),
    ports: z.array(port),
  }),
} satisfies Record<keyof InspectorContract, z.ZodType>;

/** The same handlers. Each of them checks its input first. */
export function checked(handlers: Handlers<InspectorContract>): Handlers<InspectorContract> {
  const entries = Object.entries(inputs).map(([call, input]) => {
    const handler: unknown = Reflect.get(handlers, call);
    if (typeof handler !== 'function') throw new Error(`there is no handler for the call ${call}`);
    return [
      call,
      async (given: unknown) => {
        const { success, data, error } = input.safeParse(given);
        if (!success)
          throw new Failure('internal', `invalid input of the call ${call}: ${z.prettifyError(error)}`);
        return handler(data);
      },
    ];
  });
  return Object.fromEntries(entries) as Handlers<InspectorContract>;
}
