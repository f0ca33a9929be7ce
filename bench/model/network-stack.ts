import * as z from 'zod';

/** One network stack as a process in it sees it: what `ip addr`, `ip route`, `ss -tulpn` and resolv.conf show. */

export const networkInterfaceSchema = z.strictObject({
  name: z.string().describe('Of the interface.'),
  index: z.int().describe('Its number in the stack.'),
  linkIndex: z
    .int()
    .optional()
    .describe('Of a veth, the index of its other end. Of a macvlan, the index of its parent.'),
  kind: z.string().describe("The kernel's name: veth, bridge, macvlan, …; loopback, or device for hardware."),
  master: z.string().optional().describe('The bridge that it is a port of.'),
  up: z.boolean().describe('Whether it is up.'),
  mtu: z.int().describe('Largest packet, bytes.'),
  addresses: z.array(z.string()).describe('IPv4 and IPv6, without prefix length.'),
});
export type NetworkInterface = z.infer<typeof networkInterfaceSchema>;

const routeEntrySchema = z.strictObject({
  destination: z.string().describe('default, or an address with its prefix length.'),
  gateway: z.string().optional().describe('Absent where the destination is on the link.'),
  device: z.string().describe('The interface.'),
});
export type RouteEntry = z.infer<typeof routeEntrySchema>;

export const listenerSchema = z.strictObject({
  protocol: z.enum(['tcp', 'udp']).describe('Of the socket.'),
  address: z.string().describe('That it is bound to; 0.0.0.0 or :: is all of them.'),
  port: z.int().describe('That it is bound to.'),
  pid: z
    .int()
    .optional()
    .describe(
      'The owner of the socket. If several processes own it, the one that the others descend from. Absent if unknown.',
    ),
  command: z.string().optional().describe("Owner's command."),
});
export type Listener = z.infer<typeof listenerSchema>;

const resolverSchema = z.strictObject({
  kind: z
    .enum(['host', 'docker', 'other'])
    .describe(
      "host: the name servers of the host's own resolv.conf; docker: Docker's embedded DNS server, 127.0.0.11; other: neither.",
    ),
  nameservers: z.array(z.string()).describe('Addresses of the name servers.'),
});
export type Resolver = z.infer<typeof resolverSchema>;

export const networkStackSchema = z.strictObject({
  namespace: z.string().describe('Inode of the network namespace, e.g. "net:[4026531840]".'),
  interfaces: z.array(networkInterfaceSchema).describe('All of the stack.'),
  routes: z.array(routeEntrySchema).describe('Routes of the main table, IPv4 first.'),
  listeners: z.array(listenerSchema).describe('Sockets that wait for connections or datagrams.'),
  resolver: resolverSchema.optional().describe('Absent where the process has no readable resolv.conf.'),
});
export type NetworkStack = z.infer<typeof networkStackSchema>;
