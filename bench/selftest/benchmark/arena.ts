import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type RpcClient, rpcClient } from '../../model/rpc.ts';
import type { ContenderContract } from './contender.ts';
import type { Figures, Stretch } from './figures.ts';
import { end, start, startOurs, whereIs } from './processes.ts';
import { canRunWrk, measureWrk } from './wrk.ts';

const serverCpu = 0;
const loadCpu = 1;

export type Contender = 'agent' | 'autocannon' | 'wrk';

/** A server on one core, and load generators that take turns on the other. Each is a separate process. */
interface Arena extends AsyncDisposable {
  /** A description in words. */
  readonly server: string;
  readonly contenders: readonly Contender[];
  measure(contender: Contender, stretch: Omit<Stretch, 'url'>): Promise<Figures>;
}

interface Server {
  readonly name: string;
  readonly url: string;
  stop(): Promise<void>;
}

export async function startArena(): Promise<Arena> {
  const server = (await startNginx()) ?? (await startOwnServer());
  const children = [startOurs(loadCpu, 'contender.js'), startOurs(loadCpu, 'contender.js')] as const;
  const [agent, autocannon] = children.map(
    (child): RpcClient<ContenderContract> =>
      rpcClient({ input: child.stdin, output: child.stdout }, 'the contender'),
  );
  return {
    server: server.name,
    contenders: ['agent', 'autocannon', ...(canRunWrk() ? (['wrk'] as const) : [])],
    measure(contender, stretch) {
      const asked = { ...stretch, url: server.url };
      if (contender === 'wrk') return measureWrk(asked, loadCpu);
      const client = contender === 'agent' ? agent : autocannon;
      if (client === undefined) throw new Error('no contender was started');
      return client.call(contender, asked);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...children.map((child) => end(child)), server.stop()]);
    },
  };
}

/** The benchmark's own server, which does as little as it can. */
async function startOwnServer(): Promise<Server> {
  const child = startOurs(serverCpu, 'server.js');
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
  return {
    name: "the benchmark's own server (there is no nginx)",
    url: String(line).trim(),
    stop: () => end(child),
  };
}

/** Debian's nginx with one file of 1 KiB, as bench's lab has it; `undefined` where it is not installed. */
async function startNginx(): Promise<Server | undefined> {
  const nginx = whereIs('nginx');
  if (nginx === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'bench-nginx-'));
  const port = await freePort();
  await writeFile(join(folder, 'body'), 'x'.repeat(1024));
  await writeFile(join(folder, 'nginx.conf'), nginxConfig(folder, port));
  const child = start(serverCpu, [nginx, '-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')]);
  const server = {
    name: 'nginx',
    url: `http://127.0.0.1:${port}/body`,
    async stop() {
      await end(child, 'SIGTERM');
      await rm(folder, { recursive: true });
    },
  };
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await fetch(server.url).catch(() => undefined);
    if (answer?.ok === true) return server;
    await pause(20);
  }
  await server.stop();
  throw new Error(`nginx did not answer at ${server.url}`);
}

function nginxConfig(folder: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `daemon off;
master_process off;
pid ${folder}/pid;
error_log stderr warn;
events { worker_connections 1024; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  default_type application/octet-stream;
  keepalive_timeout 1h;
  keepalive_requests 4294967295;
  keepalive_time 24h;
  sendfile on;
  tcp_nodelay on;
  server { listen 127.0.0.1:${port}; root ${folder}; }
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the machine gave no port');
  return address.port;
}
