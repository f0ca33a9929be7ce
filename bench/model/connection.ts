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
  table: z.string().describe('Which tool shows it, e.g. iptables-nft, or ip6tables-nft for IPv6.'),
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
  boot: z.string().describe("The kernel's boot id: tells this machine's kernel from another's."),
  namespace: z.string().describe("The host's network namespace, in which the rest was read."),
  route: z
    .strictObject({
      device: z.string().describe('The interface.'),
      kind: z.string().describe('Of the device: bridge, veth, loopback, device, …'),
      gateway: z.string().optional().describe('Absent where the address is on the link.'),
      local: z.boolean().describe("Whether the dialled address is one of the host's own."),
    })
    .optional()
    .describe("The host's route to the dialled address. Absent where it has none."),
  conntrack: z
    .discriminatedUnion('found', [
      z.strictObject({
        found: z.literal(true).describe(foundSays),
        server: endpointSchema.describe('Who answers: the dialled address, unless it was translated.'),
        client: endpointSchema.describe('Whom the server sees.'),
        entry: z.string().describe('As conntrack prints it.'),
      }),
      z.strictObject({
        found: z.literal(false).describe(foundSays),
        why: z.string().describe('Why there is none.'),
      }),
    ])
    .describe("The connection's own entry: the one piece of evidence that no other traffic shares."),
  hostEnd: z
    .strictObject({
      accepted: z.boolean().describe('False while it waits in the backlog of the listener named as owner.'),
      owner: socketOwnerSchema.optional().describe(ownerSays),
    })
    .optional()
    .describe("The other end of the connection, where it is a socket in the host's stack."),
  proxy: z
    .strictObject({
      pid: z.int().describe('Its process id.'),
      target: endpointSchema.describe('Where it sends to.'),
    })
    .optional()
    .describe('The docker-proxy that holds the other end, and where it sends to.'),
  farEnd: z
    .strictObject({
      namespace: z.string().describe('The network namespace that it is in.'),
      local: endpointSchema.describe("The server's end."),
      peer: endpointSchema.describe('Whom the server sees.'),
      owner: socketOwnerSchema.optional().describe(ownerSays),
    })
    .optional()
    .describe("The server's socket, where it is in another stack of this machine."),
});
export type Connection = z.infer<typeof connectionSchema>;
