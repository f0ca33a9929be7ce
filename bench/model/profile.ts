import * as z from 'zod';
import { metricNameSchema } from './metric.ts';

export const profileNames = ['latency', 'throughput'] as const;
export type ProfileName = (typeof profileNames)[number];

/** How load is applied. Closed loop: each connection sends its next request when the last is answered. */
export const loadProfileSchema = z.strictObject({
  name: z.enum(profileNames),
  connections: z.int().min(1).describe('Concurrent keep-alive connections.'),
  primaryMetric: metricNameSchema.describe('Declared before the run; corrected for multiple comparisons.'),
});
export type LoadProfile = z.infer<typeof loadProfileSchema>;

export const loadProfiles = {
  latency: { name: 'latency', connections: 1, primaryMetric: 'latency-p50' },
  throughput: { name: 'throughput', connections: 32, primaryMetric: 'throughput' },
} as const satisfies Record<ProfileName, LoadProfile>;
