import type { ThrowAwayMachine } from './throw-away-machine.fixture.ts';

/** Somebody on the network of a throw-away machine. */
export interface Neighbor {
  /** Dials each `address port`, all at once. Resolves to those that answer. */
  reached(targets: readonly string[]): Promise<ReadonlySet<string>>;
}

/** A neighbor on the user's network: a stack on a link of its own, whose way to everywhere is the machine. */
export async function plugInNeighbor(machine: ThrowAwayMachine): Promise<Neighbor> {
  const { run } = machine;
  const pid = (await run('sh', '-c', 'unshare --net sleep 600 >/dev/null 2>&1 & echo $!')).trim();
  const inside = (...command: readonly string[]) => run('nsenter', '-t', pid, '-n', ...command);
  await run('ip', 'link', 'add', 'lan0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pid);
  await run('ip', 'address', 'add', '10.99.0.1/24', 'dev', 'lan0');
  await run('ip', 'address', 'add', 'fd99::1/64', 'dev', 'lan0', 'nodad');
  await run('ip', 'link', 'set', 'lan0', 'up');
  await inside('ip', 'address', 'add', '10.99.0.2/24', 'dev', 'eth0');
  await inside('ip', 'address', 'add', 'fd99::2/64', 'dev', 'eth0', 'nodad');
  await inside('ip', 'link', 'set', 'eth0', 'up');
  await inside('ip', 'route', 'add', 'default', 'via', '10.99.0.1');
  await inside('ip', '-6', 'route', 'add', 'default', 'via', 'fd99::1');
  // Its own loopback is down: 127.0.0.1 is then the machine's, as for anybody who writes such packets.
  await inside('sh', '-c', 'echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet');
  return {
    async reached(targets) {
      const found = await inside(process.execPath, '-e', scanner, targets.join(','));
      return new Set(found.split('\n').filter((line) => line !== ''));
    },
  };
}

const scanner = `
  const net = require('node:net');
  const dial = (target) => new Promise((done) => {
    const [host, port] = target.split(' ');
    const socket = net.connect({ host, port: Number(port), timeout: 3000 });
    const end = (answer) => { socket.destroy(); done(answer); };
    socket.on('connect', () => end([target])).on('error', () => end([])).on('timeout', () => end([]));
  });
  Promise.all(process.argv[1].split(',').map(dial)).then((found) => console.log(found.flat().join('\\n')));
`;
