import * as z from 'zod';

/** One TCP connection that was opened from the host, as the kernel shows it on its way. */

export const endpointSchema = z.strictObject({
  address: z.string().describe('IPv4 or IPv6 address.'),
  port: z.int().describe('TCP port.'),
});
export type Endpoint = z.infer<typeof endpointSchema>;

/** `address:port`, as servers and URLs write it. */
export function endpointText({ address, port }: Endpoint): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

export function sameEndpoint(one: Endpoint, other: Endpoint): boolean {
  return one.address === other.address && one.port === other.port;
}

const socketOwnerSchema = z.strictObject({
  pid: z.int().describe('Process id.'),
  command: z.string().describe('Its command.'),
  container: z.string().optional().describe('Id of the container whose cgroup it is in.'),
});
export type SocketOwner = z.infer<typeof socketOwnerSchema>;

/** A rule that redirects TCP connections to one port, with how many it has redirected. */
export const dnatRuleSchema = z.strictObject({
  table: z.string().describe('The tool that shows it, e.g. iptables-nft, or ip6tables-nft for IPv6.'),
  chain: z.string().describe('The chain that it is in.'),
  number: z.int().describe('Its place in the chain, from 1, as `iptables -L --line-numbers` prints it.'),
  rule: z.string().describe('As the tool prints it.'),
  target: z.string().describe('Where it sends connections to: address:port.'),
  packets: z.int().describe('Connections: NAT sees only the first packet of each.'),
});
export type DnatRule = z.infer<typeof dnatRuleSchema>;

const foundSays = 'Whether the kernel tracks the connection.';
const ownerSays = 'The process that holds it. Absent where it is not in sight.';

export const connectionSchema = z.strictObject({
  boot: z.string().describe("The kernel's boot id. It distinguishes machines."),
  namespace: z.string().describe("The host's network namespace, in which the rest was read."),
  route: z
    .strictObject({
      device: z.string().describe('The interface.'),
      kind: z.string().describe('Kind of the device: bridge, veth, loopback, device, …'),
      gateway: z.string().optional().describe('Absent where the address is on the link.'),
      local: z.boolean().describe("Whether the dialled address is one of the host's own."),
    })
    .optional()
    .describe("The host's route to the dialled address. Absent where it has none."),
  conntrack: z
    .discriminatedUnion('found', [
      z.strictObject({
        found: z.literal(true).describe(foundSays),
        server: endpointSchema.describe(
          'The address that answers: the dialled one, unless it was translated.',
        ),
        client: endpointSchema.describe("The client's address as the server sees it."),
        entry: z.string().describe('As conntrack prints it.'),
      }),
      z.strictObject({
        found: z.literal(false).describe(foundSays),
        why: z.string().describe('Why there is none.'),
      }),
    ])
    .describe("The connection's own entry. No other traffic shares this evidence."),
  hostEnd: z
    .strictObject({
      accepted: z
        .boolean()
        .describe('False while the connection waits in the backlog of the listener that `owner` names.'),
      owner: socketOwnerSchema.optional().describe(ownerSays),
    })
    .optional()
    .describe("The other end of the connection. Absent if it is not a socket in the host's stack."),
  proxy: z
    .strictObject({
      pid: z.int().describe('Its process id.'),
      target: endpointSchema.describe('Where it sends to.'),
    })
    .optional()
    .describe('The docker-proxy that owns the other end, and its target.'),
  farEnd: z
    .strictObject({
      namespace: z.string().describe('The network namespace that it is in.'),
      local: endpointSchema.describe("The server's end."),
      peer: endpointSchema.describe("The client's address as the server sees it."),
      owner: socketOwnerSchema.optional().describe(ownerSays),
    })
    .optional()
    .describe("The server's socket in another network stack of this machine. Absent if there is none."),
});
export type Connection = z.infer<typeof connectionSchema>;
