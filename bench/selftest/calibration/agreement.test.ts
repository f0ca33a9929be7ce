import { expect, test } from 'vitest';
import { type AgreementRound, agreement, type Seen } from './agreement.ts';

const host: Seen = { throughputRps: 20_000, cpuServerUs: 45, latencyP50Us: 27 };
const bridge: Seen = { throughputRps: 16_000, cpuServerUs: 51, latencyP50Us: 35 };

/** wrk sees the truth; bench sees bridge mode off by so much, and some noise that both share. */
function rounds(off: Partial<Seen>): AgreementRound[] {
  return [0.98, 1, 1.01, 1.02, 0.99, 1.03, 0.97, 1].map((speed, index) => {
    const at = ({ throughputRps, cpuServerUs, latencyP50Us }: Seen): Seen => ({
      throughputRps: throughputRps * speed,
      cpuServerUs: cpuServerUs + (index % 2 === 0 ? 0.1 : -0.1),
      latencyP50Us: latencyP50Us + (index % 3 === 0 ? 0.2 : -0.1),
    });
    const other = (seen: Seen): Seen => ({
      throughputRps: seen.throughputRps * (index % 2 === 0 ? 1.01 : 0.99),
      cpuServerUs: seen.cpuServerUs + (index % 2 === 0 ? 0.3 : -0.3),
      latencyP50Us: seen.latencyP50Us + (index % 2 === 0 ? 0.4 : -0.4),
    });
    return {
      wrk: { host: at(host), bridge: at(bridge) },
      bench: { host: at(host), bridge: other(at({ ...bridge, ...off })) },
    };
  });
}

test('clients that see the same agree, and both give the ratio and the differences', () => {
  const [capacity, cpu, latency] = agreement(rounds({}), 0.95);
  expect(capacity).toMatchObject({ what: 'capacity_ratio', agree: true });
  expect(capacity?.wrk.value).toBeCloseTo(0.8, 6);
  expect(cpu).toMatchObject({ what: 'cpu_server_difference_us', agree: true });
  expect(cpu?.wrk.value).toBeCloseTo(6, 6);
  expect(latency).toMatchObject({ what: 'latency_p50_difference_us', agree: true });
  expect(latency?.wrk.value).toBeCloseTo(8, 6);
});

test.each([
  [{ throughputRps: 17_500 }, [false, true, true]],
  [{ cpuServerUs: 54 }, [true, false, true]],
  [{ latencyP50Us: 38 }, [true, true, false]],
])('a client that sees bridge mode otherwise (%o) does not agree on that figure', (off, expected) => {
  expect(agreement(rounds(off), 0.95).map(({ agree }) => agree)).toEqual(expected);
});
