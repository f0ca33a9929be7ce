import * as hdr from 'hdr-histogram-js';
import { timedTask } from '../../agent/timed-task.ts';
import { emptyHistogram, latencyOf } from '../../model/histogram.ts';

interface RecordingCost {
  readonly what: string;
  readonly nanoseconds: number;
}

/**
 * The agent's cost of one response and of the end of a slice. Beside it, the cost of autocannon's own
 * histogram for the same latencies (whole milliseconds in WebAssembly: lib/histUtil.js of 9.0.0).
 * Medians. Recordings are timed a thousand at a time.
 */
export async function recordingCosts(seconds: number): Promise<readonly RecordingCost[]> {
  // Spread over two orders of magnitude, as latencies of one slice are.
  const latencies = Array.from({ length: 1000 }, (_, index) => 0.05 * 100 ** (index / 1000));
  const ours = emptyHistogram();
  hdr.initWebAssemblySync();
  const autocannons = hdr.build({
    useWebAssembly: true,
    bitBucketSize: 64,
    autoResize: true,
    lowestDiscernibleValue: 1,
    highestTrackableValue: 10_000,
    numberOfSignificantValueDigits: 5,
  });

  const perRecording = 1e6 / latencies.length;
  const tasks = [
    {
      what: 'record one latency',
      run: () => {
        for (const milliseconds of latencies) ours.recordValue(milliseconds * 1e6);
      },
      scale: perRecording,
    },
    {
      what: "record it in autocannon's own histogram",
      run: () => {
        for (const milliseconds of latencies) autocannons.recordValue(milliseconds);
      },
      scale: perRecording,
    },
    { what: 'an empty histogram, at the start of a slice', run: () => emptyHistogram(), scale: 1e6 },
    { what: 'the latency part of a slice line, at its end', run: () => latencyOf(ours), scale: 1e6 },
  ];
  const costs: RecordingCost[] = [];
  for (const { what, run, scale } of tasks) {
    const timed = await timedTask(run, seconds / tasks.length);
    if ('problem' in timed) throw new Error(`"${what}" did not complete: ${timed.problem}`);
    costs.push({ what, nanoseconds: (timed.p50Us / 1000) * scale });
  }
  autocannons.destroy();
  return costs;
}
