import { expect, test } from 'vitest';
import {
  imageLabel,
  labelsOf,
  ownerLabel,
  readRemark,
  remarkOf,
  runLabel,
  runOf,
  stateOfMaker,
} from './labels.ts';
import { thisProcess, wordOf } from './owner.ts';

const runId = '20261120T093220Z-k3f9';

test('labels have a name of their own, so that no other tool has the same', () => {
  for (const label of [runLabel, ownerLabel, imageLabel]) expect(label).toMatch(/^io\.github\.[a-z.-]+$/);
});

test('what this process made is labelled with its run, and its maker is alive', async () => {
  const labels = labelsOf(runId, await thisProcess());
  expect(labels[runLabel]).toBe(runId);
  expect(await stateOfMaker(labels[ownerLabel])).toBe('alive');
});

test.each([
  ['no owner', undefined],
  ['an owner that cannot be read', 'somebody'],
])('%s: nobody can judge it', async (_, word) => {
  expect(await stateOfMaker(word)).toEqual({ unknown: 'its owner cannot be read' });
});

test.each([
  ['bench-k3f9-inspector', runId, runId],
  ['bench-k3f9-user-bridge', runId, runId],
  ['keep', runId, undefined], // committed from a server of ours: its labels are inherited
  ['bench-k3f8-web', runId, undefined],
  ['bench-k3f9', runId, undefined],
  ['mine', 'nightly', undefined],
  ['bench-tly1-web', undefined, undefined],
])('%s, labelled %s, was made for %s', (name, label, run) => {
  expect(runOf({ name, labels: label === undefined ? {} : { [runLabel]: label } })).toBe(run);
});

test('a remark says the same as labels do, wherever it stands in a line', async () => {
  const owner = await thisProcess();
  const remark = remarkOf(labelsOf(runId, owner));
  // The limits of nft, of iptables and of a link's alias are 128 and 256 bytes.
  expect(remark.length).toBeLessThan(128);
  const line = `-A INPUT -i bench-k3f9 -m comment --comment "${remark}" -j ACCEPT`;
  expect(readRemark(line)).toEqual({ runId, owner: wordOf(owner) });
  expect(readRemark(`"bench run ${runId}"`)).toEqual({ runId, owner: '' });
  expect(readRemark('bench run mine')).toBeUndefined();
});
