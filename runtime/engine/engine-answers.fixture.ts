import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Endpoint } from './endpoint.ts';

export const version = { Version: '29.0.0', ApiVersion: '1.52', MinAPIVersion: '1.44' };
/** As Debian 12's Podman answers, shortened. */
export const podmanVersion = {
  Platform: { Name: 'linux/amd64/debian-12' },
  Components: [
    { Name: 'Podman Engine', Version: '4.3.1', Details: { APIVersion: '4.3.1', MinAPIVersion: '4.0.0' } },
    { Name: 'Conmon', Version: 'conmon version 2.1.6, commit: unknown' },
    { Name: 'OCI Runtime (runc)', Version: 'runc version 1.1.5+ds1' },
  ],
  Version: '4.3.1',
  ApiVersion: '1.41',
  MinAPIVersion: '1.24',
};
export const info = {
  OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  OSType: 'linux',
  Driver: 'overlay2',
  DockerRootDir: '/var/lib/docker',
  CgroupVersion: '2',
  NCPU: 8,
  SecurityOptions: ['name=seccomp,profile=builtin', 'name=cgroupns'],
};

export interface Listening {
  readonly endpoint: Endpoint;
  readonly server: Server;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
}

/** An engine of a few answers behind a socket of its own. */
export async function listening(
  answers: Readonly<Record<string, unknown>>,
  other: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => {
    response.writeHead(404, { 'Content-Type': 'application/json' }).end('{"message":"page not found"}');
  },
): Promise<Listening> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-socket-'));
  const socket = join(directory, 'docker.sock');
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = answers[path.replace(/^\/v1\.\d+/, '')];
    if (answer === undefined) other(request, response);
    else response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
  }).listen(socket);
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await rm(directory, { recursive: true, force: true });
  });
  return { endpoint: { found: 'DOCKER_HOST', url: `unix://${socket}` }, server, asked };
}
