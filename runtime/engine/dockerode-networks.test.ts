import { expect, test } from 'vitest';
import { dockerodeNetworks, type NetworkClient } from './dockerode-networks.ts';

function answer(statusCode: number, message: string): Error {
  return Object.assign(new Error(message), { statusCode });
}

/** An engine with one network; each of its endpoints belongs to a container that exists or has gone. */
function engineWith(endpoints: Record<string, { readonly name: string; readonly state?: string }>) {
  const left = new Map(Object.entries(endpoints));
  const asked: string[] = [];
  const missing = () => Promise.reject(answer(404, 'no such object'));
  const client: NetworkClient = {
    createNetwork: missing,
    listNetworks: () => Promise.resolve([]),
    getContainer: (id) => ({
      inspect: () => {
        const state = left.get(id)?.state;
        // Its endpoint goes with it, while it is looked at.
        if (state === 'removing') left.delete(id);
        return state === undefined ? missing() : Promise.resolve({ State: { Status: state } });
      },
    }),
    getNetwork: () => ({
      connect: missing,
      async disconnect({ Container, Force }) {
        asked.push(`disconnect ${Container}${Force ? ' by force' : ''}`);
        for (const [id, { name }] of left) if (name === Container) left.delete(id);
      },
      inspect: async () => ({
        Containers: Object.fromEntries([...left].map(([id, { name }]) => [id, { Name: name }])),
      }),
      async remove() {
        asked.push('remove');
        if (left.size > 0)
          throw answer(403, 'error while removing network: network n id 1 has active endpoints');
      },
    }),
  };
  return { networks: dockerodeNetworks(client, (_, call) => call()), asked };
}

test('a network is removed though the engine still counts a container that has gone', async () => {
  const { networks, asked } = engineWith({ c0ffee: { name: 'bench-abcd-neighbor' } });
  await networks.removeNetwork('1');
  expect(asked).toEqual(['remove', 'disconnect bench-abcd-neighbor by force', 'remove']);
});

test('a network that a container is on stays, and the engine says why', async () => {
  const { networks, asked } = engineWith({ c0ffee: { name: 'of-the-user', state: 'running' } });
  await expect(networks.removeNetwork('1')).rejects.toThrow('has active endpoints: of-the-user (running)');
  expect(asked).toEqual(['remove']);
});

test('a network is removed as soon as a container that is going has gone', async () => {
  const { networks, asked } = engineWith({ c0ffee: { name: 'bench-abcd-neighbor', state: 'removing' } });
  await networks.removeNetwork('1');
  expect(asked).toEqual(['remove', 'remove']);
});
