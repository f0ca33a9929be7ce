import { type IndexedOverhead, type IndexedRun, indexedRun } from '../../bench/model/indexed-run.ts';
import { recordOf } from '../across/recorded-runs.fixture.ts';

/** 24 nights of two servers: a step of nginx in bridge mode on 2026-01-16, an untrusted night, and a new kernel. */
export function nightlyRuns(): readonly IndexedRun[] {
  const { run, summary } = recordOf(1);
  const noise = [1.004, 0.994, 1.007, 0.997, 1.001];
  return Array.from({ length: 24 }, (_, night): IndexedRun => {
    const startedAt = new Date(Date.UTC(2026, 0, 1 + night, 2)).toISOString();
    const runId = `${startedAt.replace(/[-:]/g, '').slice(0, 15)}Z-a${String(night).padStart(3, '0')}`;
    const overheads = summary.overheads.map((it): IndexedOverhead => {
      const { server, profile, path, baseline, metric, declared } = it;
      const isStep = server === 'nginx' && path.startsWith('bridge') && night >= 15;
      const ratio = (isStep ? 1.3 : 1.2) * (noise[night % noise.length] ?? 1);
      return {
        ...{ server, profile, path, baseline, metric, declared },
        ...{ ratio, ratioLow: ratio / 1.02, ratioHigh: ratio * 1.02, confidence: 0.95, rounds: 10 },
        ...(declared ? { verdict: night === 7 ? 'untrusted' : 'slower' } : {}),
      };
    });
    const kernel = night < 21 ? run.environment.kernel : '9.9.9';
    const tonight = { ...run, runId, startedAt, environment: { ...run.environment, kernel } };
    return indexedRun(tonight, overheads, { folder: runId, stamp: '' });
  });
}
