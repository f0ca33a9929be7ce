import { connect } from 'node:net';

/** Whether an engine listens where the CLI would look first: a private one is then never started. */
export const otherEngine =
  process.env['DOCKER_HOST'] !== undefined ||
  (await new Promise<boolean>((resolve) => {
    const socket = connect('/var/run/docker.sock');
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  }));
