import { expect, test } from 'vitest';
import type { Deployment } from '../model/case.ts';
import { Failure } from '../model/failure.ts';
import type { KernelReading } from '../model/kernel-counters.ts';
import { collecting } from './collecting.fixture.ts';

/** Two packets a request: a request is a switch, and each deployment began with 1,000 of them. */
function switching({ path }: Deployment, packets: number): KernelReading {
  return {
    voluntary_switches: 1_000 + packets / 2,
    tcp_retransmits: path.startsWith('bridge') ? packets : 5,
  };
}

test('counters are read around the blocks of a round, once for each deployment', async () => {
  const { stage, slices, evidence } = await collecting({
    flags: { rounds: '1' },
    stage: { kernel: switching },
  });
  const { journal } = stage;
  const reads = journal.flatMap((line, index) => (line.startsWith('kernel') ? [index] : []));
  expect(reads).toHaveLength(6);
  const firstBlock = journal.findIndex((line, index) => line.startsWith('slice') && index > (reads[0] ?? 0));
  expect(reads.filter((index) => index < firstBlock)).toHaveLength(3);
  const lastSlice = journal.findLastIndex((line) => line.startsWith('slice'));
  expect(reads.filter((index) => index > lastSlice)).toHaveLength(3);
  for (const { path, role, kernel } of evidence) {
    const own = slices.filter((it) => it.path === path && it.role === role && it.status !== 'failed');
    const answered = own.reduce((sum, it) => sum + (it.status === 'failed' ? 0 : it.cpu.requests), 0);
    expect(kernel?.requests).toBe(answered);
    expect(kernel?.counts.voluntary_switches).toBe(answered);
    expect(kernel?.counts.tcp_retransmits).toBe(path.startsWith('bridge') ? 2 * answered : 0);
    expect(kernel?.counts.listen_drops).toBeUndefined();
  }
});

test('a counter that went back has no growth', async () => {
  let read = 0;
  const { evidence } = await collecting({
    flags: { rounds: '1' },
    stage: { kernel: () => ({ tcp_retransmits: 100 - read++, listen_drops: read }) },
  });
  for (const { kernel } of evidence) expect(Object.keys(kernel?.counts ?? {})).toEqual(['listen_drops']);
});

test('a server that has ended costs its counters and nothing else', async () => {
  const { evidence, collected } = await collecting({
    flags: { rounds: '1' },
    stage: {
      kernel: ({ role }) => {
        if (role === 'contender') throw new Failure('casesFailed', 'the server has exited');
        return { listen_drops: 1 };
      },
    },
  });
  expect(collected.state).toBe('complete');
  expect(evidence.map(({ role, kernel }) => [role, kernel !== undefined]).toSorted()).toEqual([
    ['baseline', true],
    ['contender', false],
    ['twin', true],
  ]);
});

test('an inspector that is lost ends the run, and what was measured stays', async () => {
  let read = 0;
  const { collected, slices } = await collecting({
    flags: { rounds: '1' },
    stage: {
      kernel: () => {
        read++;
        if (read > 3) throw new Failure('partial', 'lost contact with the inspector');
        return {};
      },
    },
  });
  expect(collected).toMatchObject({ state: 'partial', reason: 'lost contact with the inspector' });
  expect(slices.length).toBeGreaterThan(0);
});
