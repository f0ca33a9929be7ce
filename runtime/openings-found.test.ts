import { expect, test } from 'vitest';
import { cleaning } from './clean.ts';
import { guardsFound, openingsFound } from './openings-found.ts';
import { thisProcess, wordOf } from './owner.ts';
import { fakeParts } from './stage/parts.fake.ts';

test('rules go by the owner in their own comment: a run on another engine keeps its own', async () => {
  const me = await thisProcess();
  const [dead, live, old] = ['20261120T093220Z-dead', '20261120T093220Z-live', '20261120T093220Z-olda'];
  const { inspector } = fakeParts({
    openings: [
      { runId: dead, owner: wordOf({ ...me, startTicks: '1' }) },
      { runId: live, owner: wordOf(me) },
      { runId: old, owner: '' },
    ],
  });
  const work = cleaning({ dryRun: false });
  await work.step('the firewall', () => openingsFound(inspector));
  expect(work.cleaned).toEqual({
    removed: [`firewall rule of ${dead}`],
    kept: [`firewall rule of ${live}`, `firewall rule of ${old}`],
    unjudged: [{ name: `firewall rule of ${old}`, runId: old, reason: 'its owner cannot be read' }],
    failed: [],
  });
  expect(inspector.openings()).toEqual([live, old]);
});

test('guards go by the owner in their own comment as well', async () => {
  const me = await thisProcess();
  const [dead, live] = ['20261120T093220Z-dead', '20261120T093220Z-live'];
  const { inspector } = fakeParts({
    guards: [
      { name: 'bench-dead', runId: dead, owner: wordOf({ ...me, startTicks: '1' }) },
      { name: 'bench-live', runId: live, owner: wordOf(me) },
    ],
  });
  const work = cleaning({ dryRun: false });
  await work.step('the firewall', () => guardsFound(inspector));
  expect(work.cleaned).toMatchObject({
    removed: ['firewall table bench-dead'],
    kept: ['firewall table bench-live'],
  });
  expect([...inspector.guards().keys()]).toEqual(['bench-live']);
});
