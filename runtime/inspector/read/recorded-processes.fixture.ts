import type { RecordedTree } from './recorded-machine.fixture.ts';

/*
 * Files of /proc as a machine with one published nginx container showed them (Linux 6.18, cgroup version 1,
 * Docker 20.10): nginx is process 31360 with its worker 4381 (pids had wrapped round), docker-proxy is 31304.
 */

/** /proc/PID/cgroup where each controller of version 1 is mounted for itself. */
export const cgroupSeparate = `9:name=systemd:/docker/99c8d575e8d246fe73c7e9ee95b88374b6824dd05bbdff5a76dbdfec8c9162f5
4:memory:/docker/99c8d575e8d246fe73c7e9ee95b88374b6824dd05bbdff5a76dbdfec8c9162f5
3:cpuset:/docker/99c8d575e8d246fe73c7e9ee95b88374b6824dd05bbdff5a76dbdfec8c9162f5
2:cpuacct:/docker/99c8d575e8d246fe73c7e9ee95b88374b6824dd05bbdff5a76dbdfec8c9162f5
1:cpu:/docker/99c8d575e8d246fe73c7e9ee95b88374b6824dd05bbdff5a76dbdfec8c9162f5
0::/docker/99c8d575e8d246fe73c7e9ee95b88374b6824dd05bbdff5a76dbdfec8c9162f5
`;

/** The same where the two CPU controllers are mounted together, as most distributions did. */
export const cgroupJoined = `11:memory:/docker/abc
4:cpu,cpuacct:/docker/abc
1:name=systemd:/docker/abc
0::/system.slice/containerd.service
`;

/** Version 2 with systemd as the engine's cgroup driver. */
export const cgroupUnified = `0::/system.slice/docker-abc.scope
`;

/** /proc/31360/net/dev */
export const netDev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:     900       9    0    0    0     0          0         0      900       9    0    0    0     0       0          0
  eth0:   49160     612    0    0    0     0          0         0   111884     402    0    0    0     0       0          0
`;

/** /proc/net/dev of the host */
export const hostNetDev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo: 1000000   10000    0    0    0     0          0         0  1000000   10000    0    0    0     0       0          0
docker0:43737       546    0    0    0     0          0         0 37154884     939    0    0    0     0       0          0
bench-k3f9:     591       8    0    0    0     0          0         0     1077       6    0    0    0     0       0          0
`;

/** /proc/net/tcp of the host: three listeners, a connection in TIME_WAIT, one established. */
export const hostTcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     
   0: 0100007F:1F97 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 57609 1 00000000881ad267 100 0 0 10 0                      
   1: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1679 1 00000000f60c5faf 100 0 0 10 0                      
   2: 010012C6:1F97 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 57585 1 000000006bfd7c32 100 0 0 10 0                     
   3: 0100007F:BE2E 0100007F:8401 06 00000000:00000000 03:00001115 00000000     0        0 0 3 000000004eeb7db5                                      
   4: 010012C6:1F97 020012C6:8401 01 00000000:00000000 00:00000000 00000000     0        0 57999 1 000000004eeb7db6 20 4 30 10 -1                    
`;

/** /proc/31360/net/tcp and tcp6: nginx listens on all addresses of both families. */
export const nginxTcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     
   0: 00000000:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 58656 1 00000000a3b1c2d3 100 0 0 10 0                     
`;

export const nginxTcp6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 58657 1 000000007bac81a1 100 0 0 10 0
`;

/** /proc/31360/net/route */
const nginxRoute = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	010011AC	0003	0	0	0	00000000	0	0	0
eth0	000011AC	00000000	0001	0	0	0	0000FFFF	0	0	0
`;

/** `ip -j -d addr` (less what nobody reads) inside the container; the last entry is what iproute2 prints for a filtered interface. */
export const containerAddr = `[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"mtu":65536,"qdisc":"noqueue","operstate":"UNKNOWN","group":"default","txqlen":1000,"link_type":"loopback","address":"00:00:00:00:00:00","broadcast":"00:00:00:00:00:00","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8,"scope":"host","label":"lo","valid_life_time":4294967295,"preferred_life_time":4294967295}]},{"ifindex":20,"link_index":21,"ifname":"eth0","flags":["BROADCAST","MULTICAST","UP","LOWER_UP"],"mtu":1500,"qdisc":"noqueue","operstate":"UP","group":"default","link_type":"ether","address":"02:42:ac:11:00:02","broadcast":"ff:ff:ff:ff:ff:ff","link_netnsid":0,"linkinfo":{"info_kind":"veth"},"addr_info":[{"family":"inet","local":"172.17.0.2","prefixlen":16,"broadcast":"172.17.255.255","scope":"global","label":"eth0","valid_life_time":4294967295,"preferred_life_time":4294967295}]},{}]
`;

/** `ip -j -4 route show table all` of the host, with a default route that a VPN has split and one whole network of type unreachable. */
export const hostRoutes = `[{"dst":"default","gateway":"192.0.2.1","dev":"eth0","flags":[]},{"dst":"0.0.0.0/1","gateway":"10.8.0.1","dev":"tun0","flags":[]},{"dst":"128.0.0.0/1","gateway":"10.8.0.1","dev":"tun0","flags":[]},{"type":"unreachable","dst":"198.18.1.0/24","flags":[]},{"dst":"172.17.0.0/16","dev":"docker0","protocol":"kernel","scope":"link","prefsrc":"172.17.0.1","flags":[]},{"type":"local","dst":"127.0.0.0/8","dev":"lo","table":"local","protocol":"kernel","scope":"host","prefsrc":"127.0.0.1","flags":[]},{"type":"local","dst":"127.0.0.1","dev":"lo","table":"local","protocol":"kernel","scope":"host","prefsrc":"127.0.0.1","flags":[]},{"type":"local","dst":"198.18.0.1","dev":"bench-k3f9","table":"local","protocol":"kernel","scope":"host","prefsrc":"198.18.0.1","flags":[]}]
`;

/** /proc/stat of two CPUs */
export const stat = `cpu  5752 10 2882 157714 339 3 69 14 0 0
cpu0 2051 0 1062 80187 31 0 14 6 0 0
cpu1 3700 0 1820 77526 307 0 55 8 0 0
intr 1234 0 0
ctxt 998877
`;

/** /proc/pressure/memory */
export const memoryPressure = `some avg10=0.00 avg60=0.12 avg300=0.00 total=2500000
full avg10=0.00 avg60=0.00 avg300=0.00 total=1000000
`;

const proxyArguments = ['-proto', 'tcp', '-host-ip', '198.18.0.1', '-host-port', '8087'];
/** /proc/31304/cmdline */
export const proxyCmdline = `${['/usr/sbin/docker-proxy', ...proxyArguments, '-container-ip', '172.17.0.2', '-container-port', '80'].join('\0')}\0`;

/** /proc/31304/stat: parent 2871, 0.12 s of user and 0.03 s of system time. */
export const proxyStat =
  '31304 (docker-proxy) S 2871 2859 955 0 -1 4194560 263 0 1 0 12 3 0 0 20 0 6 0 155727 1108484096 794 18446744073709551615 4202496 5014413 140725427820560 0 0 0 0 0 2143420159 0 0 0 17 1 0 0 0 0 0\n';

/** The machine's files as far as the readers look at them. */
export const recordedTree: RecordedTree = {
  '/proc/stat': stat,
  '/proc/pressure/memory': memoryPressure,
  '/proc/net/dev': hostNetDev,
  '/proc/net/tcp': hostTcp,
  '/proc/net/ip_tables_names': '',
  '/proc/self/ns/net': { link: 'net:[4026531840]' },
  '/proc/2871/cmdline': '/usr/sbin/dockerd\0',
  '/proc/31304/cmdline': proxyCmdline,
  '/proc/31304/comm': 'docker-proxy\n',
  '/proc/31304/ns/net': { link: 'net:[4026531840]' },
  '/proc/31304/stat': proxyStat,
  '/proc/31304/fd/3': { link: 'socket:[57585]' },
  '/proc/31304/task/31304/schedstat': '1748113 3153411 13\n',
  '/proc/31304/task/31305/schedstat': '193389 2694990 14\n',
  '/proc/31360/cgroup': cgroupSeparate,
  '/proc/31360/cmdline': 'nginx: master process nginx -g daemon off;\0',
  '/proc/31360/comm': 'nginx\n',
  '/proc/31360/stat': '31360 (nginx) S 31328 31360 31360 0 -1\n',
  '/proc/31360/fd/6': { link: 'socket:[58656]' },
  '/proc/31360/fd/7': { link: 'socket:[58657]' },
  '/proc/31360/ns/net': { link: 'net:[4026532184]' },
  '/proc/31360/net/dev': netDev,
  '/proc/31360/net/tcp': nginxTcp,
  '/proc/31360/net/tcp6': nginxTcp6,
  '/proc/31360/net/route': nginxRoute,
  '/etc/resolv.conf': 'nameserver 192.0.2.53\n',
  '/proc/31360/root/etc/resolv.conf': 'nameserver 192.0.2.53\n',
  '/proc/4381/cmdline': 'nginx: worker process\0',
  '/proc/4381/comm': 'nginx\n',
  '/proc/4381/stat': '4381 (nginx (worker) 1) S 31360 31360 31360 0 -1\n',
  '/proc/4381/fd/0': { link: '/dev/null' },
  '/proc/4381/fd/6': { link: 'socket:[58656]' },
  '/proc/4381/fd/7': { link: 'socket:[58657]' },
  '/host/cgroup/cpuacct/docker/99c8d575e8d246fe73c7e9ee95b88374b6824dd05bbdff5a76dbdfec8c9162f5/cpuacct.usage':
    '42985434\n',
  '/host/cgroup/cpu/docker/99c8d575e8d246fe73c7e9ee95b88374b6824dd05bbdff5a76dbdfec8c9162f5/cpu.stat':
    'nr_periods 0\nnr_throttled 0\nthrottled_time 250000000\n',
};
