import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { costOf, topOfPackage } from './cost-of.ts';

interface HistoryCost {
  readonly runs: number;
  /** Start of the program, reading, index, changes, and drawing all pages. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakBytes: number;
}

/** The cost of `bench history html` over a folder without an index: the committed run, once a night. */
export async function historyCost(runs: number): Promise<HistoryCost> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-history-'));
  try {
    await writeNights(folder, runs);
    const began = performance.now();
    const { cpuSeconds, peakBytes } = await costOf(['history', 'html', folder]);
    return { runs, seconds: (performance.now() - began) / 1000, cpuSeconds, peakBytes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeNights(folder: string, runs: number): Promise<void> {
  const [run, summary] = await Promise.all(
    ['run.json', 'summary.json'].map((name) =>
      readFile(join(topOfPackage, 'results', 'sample', name), 'utf8'),
    ),
  );
  const { run_id: id, started_at: began } = JSON.parse(run ?? '');
  for (let night = 0; night < runs; night++) {
    const startedAt = new Date(Date.UTC(2024, 0, 1 + night, 2)).toISOString();
    const runId = `${startedAt.replace(/[-:]/g, '').slice(0, 15)}Z-n000`;
    const directory = join(folder, runId);
    await mkdir(directory);
    const ofNight = (text = '') => text.replaceAll(id, runId).replaceAll(began, startedAt);
    await writeFile(join(directory, 'run.json'), ofNight(run));
    await writeFile(join(directory, 'summary.json'), ofNight(summary));
  }
}
