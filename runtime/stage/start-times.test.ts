import { expect, test } from 'vitest';
import { idleProgram } from '../engine/engine.fake.ts';
import { fakeParts, orderFor } from './parts.fake.ts';
import { startStage } from './start-stage.ts';
import { serverStart } from './start-times.ts';

const marks = { begunAt: 10, createdAt: 10.25, startedAt: 11, releasedAt: 11.5 };
const standing = { agent: { kind: 'standing' } } as const;

test('bench keeps a server from listening for its own sake: that time is in no step', () => {
  expect(serverStart(marks, 12, standing, 8)).toEqual({
    createSeconds: 0.25,
    startSeconds: 0.75,
    answerSeconds: 0.5,
    atOnce: 8,
  });
});

test('a plain process is not created, and an agent that starts after the server cannot time its answer', () => {
  const { createdAt: _, ...native } = marks;
  expect(serverStart(native, 12, standing, 1)).toEqual({
    startSeconds: 1,
    answerSeconds: 0.5,
    atOnce: 1,
  });
  const inside = { agent: { kind: 'round', key: 'a' } } as const;
  expect(serverStart(marks, 12, inside, 1)).toEqual({ createSeconds: 0.25, startSeconds: 0.75, atOnce: 1 });
});

const orders = [
  orderFor('host/external', { hostPort: 20001 }),
  orderFor('bridge/external/published', { hostPort: 20002 }),
];

test('one by one, a server is created only when the one before it has answered', async () => {
  const parts = fakeParts({ server: () => idleProgram });
  await using stage = await startStage(parts.options);
  const from = parts.journal.length;
  const outcomes = await stage.deploy(orders, { oneByOne: true });
  const seen = parts.journal.slice(from).filter((line) => /^create|probe/.test(line));
  expect(seen).toEqual([
    'create bench-k3f9-host',
    'bench-k3f9-agent-external probe http://198.18.0.1:20001/body',
    'create bench-k3f9-bridge',
    'bench-k3f9-agent-external probe http://198.18.0.1:20002/body',
  ]);
  expect(outcomes.map((it) => it.ok && it.deployed.start.atOnce)).toEqual([1, 1]);
});

test('side by side, each start is timed by the clock of the stage', async () => {
  let seconds = 0;
  const parts = fakeParts();
  await using stage = await startStage({ ...parts.options, monotonicSeconds: () => seconds++ });
  const [host, bridge] = await stage.deploy(orders);
  if (host?.ok !== true || bridge?.ok !== true) throw new Error('both servers run');
  for (const { start } of [host.deployed, bridge.deployed]) {
    expect(start.atOnce).toBe(2);
    // The clock has gone on by one or more at each mark, whichever of the servers was looked at.
    expect(start.createSeconds).toBeGreaterThan(0);
    expect(start.startSeconds).toBeGreaterThan(0);
    expect(start.answerSeconds).toBeGreaterThan(0);
  }
});
