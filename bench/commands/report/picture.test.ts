import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cli } from '../../cli.ts';
import { tellingOutside } from '../../outside.fixture.ts';
import { installationOf } from '../../process-outside.ts';
import { nodeDisk } from '../../run-folder/disk.ts';
import { measuredRun } from '../measured-run.fixture.ts';
import { makeReports, pictureFiles, savePicture } from './write-reports.ts';

const installation = installationOf(import.meta.dirname);
let top: string;

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'bench-picture-'));
});

afterEach(() => rm(top, { recursive: true, force: true }));

test('the picture is written as SVG and as PNG, and replaces a link of its name', async () => {
  const folder = await measuredRun(top);
  await writeFile(join(top, 'precious'), 'precious');
  await symlink(join(top, 'precious'), join(folder, pictureFiles.svg));
  const { model } = await makeReports(folder, installation);
  await savePicture(folder, model, { installation, disk: nodeDisk() });
  expect(await readFile(join(top, 'precious'), 'utf8')).toBe('precious');
  expect(await readFile(join(folder, pictureFiles.svg), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
  const png = await readFile(join(folder, pictureFiles.png));
  expect(png.subarray(0, 8).toString('latin1')).toBe('\u0089PNG\r\n\u001a\n');
});

test('with --picture, `bench report` writes it beside the other reports and says where; without, it does not', async () => {
  const folder = await measuredRun(top);
  const { outside, told } = tellingOutside({ directory: top, home: top }, { isTerminal: true, columns: 100 });
  expect(await cli(['report', folder], outside)).toBe(0);
  expect(await readdir(folder)).not.toContain(pictureFiles.png);
  expect(await cli(['report', folder, '--picture'], outside)).toBe(0);
  expect(await readdir(folder)).toEqual(expect.arrayContaining(Object.values(pictureFiles)));
  expect(told.stderr).toContain(`picture: ${join(folder, pictureFiles.png)}`);
});
