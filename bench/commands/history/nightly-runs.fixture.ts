import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installationOf } from '../../process-outside.ts';

/** What one night's run found of nginx in bridge mode, and what is unusual about it. */
export interface SimulatedNight {
  /** Bridge over host mode of the median latency. The interval is ±2 %. */
  readonly ratio: number;
  /** `none`: it was not measured. Absent: that of the committed run. */
  readonly verdict?: string;
  readonly kernel?: string;
  readonly state?: string;
  readonly bodyBytes?: number;
  /** The tag of the user's image that is measured; each tag is another image. */
  readonly tag?: string;
}

/** Nights around a ratio, with the small differences that nights have. */
export function nightsAround(ratio: number, count: number, more: Partial<SimulatedNight> = {}) {
  const noise = [1.004, 0.994, 1.007, 0.997, 1.001];
  return Array.from(
    { length: count },
    (_, night): SimulatedNight => ({
      ratio: ratio * (noise[night % noise.length] ?? 1),
      ...more,
    }),
  );
}

export function runIdOf(night: number): string {
  return `${dateOf(night).replace(/[-:]/g, '').slice(0, 15)}Z-a${String(night).padStart(3, '0')}`;
}

function dateOf(night: number): string {
  return new Date(Date.UTC(2026, 0, 1 + night, 2)).toISOString();
}

const sample = join(installationOf(import.meta.dirname), 'results', 'sample');

/** Writes run folders as bench does, from the committed run: one a night, the first on 2026-01-01. */
export async function writeNights(
  folder: string,
  nights: readonly SimulatedNight[],
  first = 0,
): Promise<void> {
  const texts = await Promise.all(
    ['run.json', 'summary.json'].map((name) => readFile(join(sample, name), 'utf8')),
  );
  for (const [index, night] of nights.entries()) {
    const [run, summary] = texts.map((text) => JSON.parse(text));
    const runId = runIdOf(first + index);
    Object.assign(run, { run_id: runId, started_at: dateOf(first + index) });
    Object.assign(summary, { run_id: runId });
    if (night.kernel !== undefined) run.environment.kernel = night.kernel;
    if (night.state !== undefined) run.state = night.state;
    if (night.tag !== undefined) {
      run.environment.service_image = `sha256:${night.tag}`;
      run.plan.service = {
        ...{ name: 'app', image: `my/app:${night.tag}`, port: 8080, environment: [], mounts: [] },
        ...{ pull: 'missing', ready_path: '/', ready_seconds: 60 },
      };
    }
    if (night.bodyBytes !== undefined) run.plan.body_bytes = night.bodyBytes;
    for (const overhead of summary.overheads) {
      if (!isTheOne(overhead)) continue;
      const { ratio } = night;
      Object.assign(overhead, { ratio, ratio_low: ratio / 1.02, ratio_high: ratio * 1.02 });
      if (night.verdict === 'none') delete overhead.verdict;
      else if (night.verdict !== undefined) overhead.verdict = night.verdict;
    }
    const directory = join(folder, runId);
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'run.json'), JSON.stringify(run));
    await writeFile(join(directory, 'summary.json'), JSON.stringify(summary));
  }
}

/** The comparison whose ratio a night tells. */
export function isTheOne(it: {
  readonly server: string;
  readonly path: string;
  readonly metric: string;
}): boolean {
  return it.server === 'nginx' && it.path === 'bridge/external/published' && it.metric === 'latency_p50_us';
}
