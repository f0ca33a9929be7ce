import { existsSync, readFileSync } from 'node:fs';
import { type LocalPorts, localPortFiles, localPorts } from '../model/local-ports.ts';

/** The local ports of the network stack that this process is in. */
export function readLocalPorts(): LocalPorts {
  const read = (path: string) => (existsSync(path) ? readFileSync(path, 'latin1') : undefined);
  return localPorts(
    read(localPortFiles.range),
    localPortFiles.sockets.map((path) => read(path) ?? ''),
  );
}
