import { type Role, roleSchema } from '../../bench/model/case.ts';
import type { MetricName } from '../../bench/model/metric.ts';
import { type PathId, pathOf } from '../../bench/model/path.ts';
import { runIdSchema } from '../../bench/model/run.ts';
import { type Columns, saysOf } from './csv-table.ts';

/** What a metric's column holds, in every file that has one. */
export const metricSays = {
  latency_p50_us: 'Median latency of a request.',
  latency_p90_us: 'Latency that 90 % of the requests took at most.',
  latency_p99_us: 'Latency that 99 % of the requests took at most.',
  latency_p999_us: 'Latency that 99.9 % of the requests took at most.',
  cpu_server_us: 'CPU time that server and docker-proxy used for one request.',
  cpu_agent_us: 'CPU time that the load agent used for one request.',
  cpu_total_us: 'CPU time that server, docker-proxy and load agent used for one request.',
  throughput_rps: 'Requests that were answered in a second.',
  connection_p50_us: 'Median time of a new connection, from its beginning to the end of its answer.',
  connect_p50_us: 'Median time of a new connection until TCP is connected.',
  handshake_p50_us: 'Median time of the TLS handshake of a new connection.',
  first_byte_p50_us: 'Median time of a new connection until the first byte of its answer.',
  cpu_server_us_mb:
    'CPU time that server and docker-proxy used for one megabyte (1,000,000 bytes) of bodies.',
  cpu_agent_us_mb: 'CPU time that the load agent used for one megabyte of bodies.',
  cpu_total_us_mb: 'CPU time that server, docker-proxy and load agent used for one megabyte of bodies.',
  transfer_mb_s: 'Megabytes of bodies that were transferred in a second.',
} as const satisfies Record<MetricName, string>;

export function runColumn<Row>(of: (row: Row) => string): Columns<Row> {
  return { run_id: { says: saysOf(runIdSchema), of } };
}

/**
 * The path, whole and in its parts. The twin's has `@twin` behind it: it is measured on the path of its
 * baseline, and whoever groups by path must not mix the two.
 */
export function pathColumns<Row>(
  of: (row: Row) => { readonly path: PathId; readonly role: Role },
): Columns<Row> {
  const parts = (row: Row) => pathOf(of(row).path);
  return {
    path: {
      says:
        'The way of the packets: mode/vantage[/address][/ipv6], e.g. bridge/external/published. That of the twin ends in @twin, ' +
        'so that grouping by path keeps it apart from its baseline.',
      of: (row) => {
        const { path, role } = of(row);
        return role === 'twin' ? `${path}@twin` : path;
      },
    },
    mode: {
      says: 'How the server is attached: native (a plain process), host, bridge, user-bridge, mapped, none, macvlan or overlay.',
      of: (row) => parts(row).mode,
    },
    vantage: {
      says: 'Where the load agent stands: external (behind a virtual link), host, neighbor (another container) or inside.',
      of: (row) => parts(row).vantage,
    },
    address: {
      says: 'What it dials: published, container or loopback. Empty where mode and vantage leave only one address.',
      of: (row) => parts(row).address,
    },
    ip_version: {
      says: 'Version of the internet protocol: 4 or 6.',
      of: (row) => (parts(row).family === 'ipv6' ? 6 : 4),
    },
    role: { says: saysOf(roleSchema), of: (row) => of(row).role },
  };
}
