import { expect, test } from 'vitest';
import type { ConnectionRoom } from '../model/connection-room.ts';
import { roomOfSlices, waitForConnectionRoom } from './connection-room.ts';

const ports = { first: 32_768, last: 60_999, used: 10, timeWait: 0 };
const roomy: ConnectionRoom = { conntrack: { entries: 100, limit: 65_536 }, ports };
const published = { claims: ['conntrack-dnat'] } as const;
const proxied = { claims: ['proxy-works'] } as const;

interface Waiting {
  /** Room, look by look; the last one stays. */
  readonly rooms?: readonly ConnectionRoom[];
  readonly agentPorts?: ConnectionRoom['ports'];
  readonly deployed?: typeof published | typeof proxied;
  readonly aborted?: boolean;
}

/** Waits with a clock that the pauses move. Resolves to the seconds that it took. */
async function waited({ rooms = [roomy], agentPorts = ports, deployed = published, aborted }: Waiting) {
  let now = 0;
  let looks = 0;
  const controller = new AbortController();
  if (aborted === true) controller.abort();
  await waitForConnectionRoom([deployed], roomOfSlices(1), {
    stage: { connectionRoom: async () => rooms[Math.min(looks++, rooms.length - 1)] ?? roomy },
    agent: { localPorts: async () => agentPorts },
    clock: { monotonicSeconds: () => now },
    signal: controller.signal,
    async pause(seconds) {
      now += seconds;
    },
  });
  return now;
}

const full: ConnectionRoom = { conntrack: { entries: 60_000, limit: 65_536 }, ports };
const usedUp = { ...ports, timeWait: 28_000 };

test('where there is room, nothing is waited for', async () => {
  expect(await waited({})).toBe(0);
  expect(await waited({ rooms: [{ ports }] })).toBe(0);
});

test('entries of earlier connections are waited for', async () => {
  expect(await waited({ rooms: [full, full, roomy] })).toBe(2);
});

test('a table that stays full is named, with its entries, its limit and what raises it', async () => {
  await expect(waited({ rooms: [full] })).rejects.toMatchObject({
    kind: 'casesFailed',
    message:
      'no room for new connections: connection tracking has 60,000 of at most 65,536 entries, and a slice may add 20,000, also after 1 min 5 s',
    hint: 'Raise the limit: sysctl -w net.netfilter.nf_conntrack_max=262144. Or shorten the slices: --slice-seconds.',
  });
});

test("the host's local ports count where docker-proxy connects from them, and nowhere else", async () => {
  const rooms = [{ ports: usedUp }, roomy];
  expect(await waited({ rooms })).toBe(0);
  expect(await waited({ rooms, deployed: proxied })).toBe(1);
});

test("an agent's stack without ports is named", async () => {
  await expect(waited({ agentPorts: { ...usedUp, timeWait: 28_200 } })).rejects.toThrow(
    "the load agent's stack has 22 free local ports of 32768 to 60999 (10 in use, 28,200 in TIME_WAIT), and a slice may need 100",
  );
});

test('an interrupted run does not wait', async () => {
  expect(await waited({ rooms: [full], aborted: true })).toBe(0);
});
