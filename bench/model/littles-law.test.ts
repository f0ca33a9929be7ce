import fc from 'fast-check';
import { expect, test } from 'vitest';
import { good, latency } from './unjudged.fixture.ts';
import { littlesLawRatio, type Unjudged } from './validity-rules.ts';

/**
 * One window over a closed loop: each connection waits for its gap, sends, and has its answer after a
 * random latency; connections start at random moments before the window. What is counted is what arrives inside.
 */
function closedLoop(options: {
  readonly connections: number;
  readonly wallSeconds: number;
  readonly meanSeconds: number;
  /** Time between an answer and the next request, as a share of the latency. */
  readonly gapShare: number;
  readonly randoms: readonly number[];
}): Unjudged {
  const { connections, wallSeconds, meanSeconds, gapShare, randoms } = options;
  let drawn = 0;
  const draw = () => randoms[drawn++ % randoms.length] ?? 0.5;
  let requests = 0;
  let sum = 0;
  let edgeSeconds = 0;
  let pendingSeconds = 0;
  for (let connection = 0; connection < connections; connection++) {
    let now = -2 * meanSeconds * (1 + draw());
    while (true) {
      const latencySeconds = meanSeconds * (0.5 + draw());
      now += latencySeconds * (1 + gapShare);
      if (now > wallSeconds) {
        const sentAt = now - latencySeconds * (1 + gapShare);
        pendingSeconds += Math.min(latencySeconds, wallSeconds - Math.max(0, sentAt));
        break;
      }
      if (now < 0) continue;
      requests++;
      sum += latencySeconds;
      // Sent before the window opened: the answer came at now less the gap that follows it.
      edgeSeconds += Math.max(0, latencySeconds - (now - latencySeconds * gapShare));
    }
  }
  return {
    ...good,
    ...{ connections, wallSeconds, edgeSeconds, pendingSeconds, requests, latency: latency(sum / requests) },
  };
}

const randoms = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 97, maxLength: 97 });

test("Little's law holds for an honest closed loop of short slices, straddling requests included", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(1, 32),
      fc.double({ min: 60e-6, max: 4e-3, noNaN: true }),
      fc.double({ min: 0, max: 0.08, noNaN: true }),
      randoms,
      (connections, meanSeconds, gapShare, values) => {
        const wallSeconds = 0.05;
        const slice = closedLoop({ connections, wallSeconds, meanSeconds, gapShare, randoms: values });
        const ratio = littlesLawRatio(slice) ?? 0;

        // What is not known exactly is a gap at either edge of the window: not a latency.
        const longestGap = 1.5 * meanSeconds * gapShare;
        expect(Math.abs(ratio - 1 / (1 + gapShare))).toBeLessThan((2 * longestGap) / wallSeconds + 1e-9);
        expect(ratio).toBeLessThanOrEqual(1 + 1e-9);
      },
    ),
    { numRuns: 30 },
  );
});
