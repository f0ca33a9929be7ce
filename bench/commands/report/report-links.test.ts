import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { installationOf } from '../../process-outside.ts';
import { nodeDisk } from '../../run-folder/disk.ts';
import { measuredRun } from '../measured-run.fixture.ts';
import { makeReports, saveReports } from './write-reports.ts';

test('report.html links to every file that lies beside it, and to no other', async () => {
  const top = await mkdtemp(join(tmpdir(), 'bench-links-'));
  onTestFinished(() => rm(top, { recursive: true, force: true }));
  const folder = await measuredRun(top);
  const reports = await makeReports(folder, installationOf(import.meta.dirname));
  await saveReports(folder, reports, nodeDisk());
  const links = [...reports.texts['report.html'].matchAll(/\shref="([^"#]+)"/g)].map(([, name]) => name);
  const beside = (await readdir(folder)).filter((name) => name !== 'report.html' && !name.startsWith('.'));
  expect(links.toSorted()).toEqual(beside.toSorted());
});
