import type { Cpu, Faults, MachineFigures } from './slice.ts';
import type { Unjudged } from './validity-rules.ts';

export const faultless: Faults = { errors: 0, timeouts: 0, non2xx: 0, mismatches: 0, lostOnReconnect: 0 };

const cpu: Cpu = {
  loadSeconds: 0.5,
  requests: 20_000,
  serverSeconds: 0.5,
  agentSeconds: 0.36,
  softirqSeconds: 0.2,
  serverCpuBusySeconds: 0.5,
  agentCpuBusySeconds: 0.37,
};

/** A machine of two CPUs that nobody else uses. */
export const calm: MachineFigures = {
  wallSeconds: 0.5,
  cpus: 2,
  busySeconds: 0.9,
  foreignSeconds: 0.01,
  stealSeconds: 0,
  throttledSeconds: 0,
  memoryStallSeconds: 0,
};

/** 32 connections kept busy: 16,000 responses of 0.8 ms in 0.4 s. */
export const good: Unjudged = {
  requests: 16_000,
  servedRequests: 16_000,
  bytes: 16_000 * 1200,
  wallSeconds: 0.4,
  rampSeconds: 0.1,
  edgeSeconds: 0,
  pendingSeconds: 0,
  connections: 32,
  faults: faultless,
  latency: latency(0.0008),
  cpu,
  machine: calm,
};

export function latency(meanSeconds: number) {
  const us = meanSeconds * 1e6;
  return { meanUs: us, p50Us: us, p90Us: us, p99Us: us, maxUs: us, histogram: 'not read here' };
}
