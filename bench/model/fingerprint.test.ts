import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exampleRun } from '../run-folder/recorded.fixture.ts';
import {
  absoluteFingerprint,
  type Fingerprint,
  type FingerprintDifference,
  fingerprintDifferences,
  fingerprintOf,
  loadFingerprint,
  seriesKey,
} from './fingerprint.ts';
import { type LoadProfile, loadProfiles } from './profile.ts';
import type { Run } from './run.ts';
import { plainService } from './service.fixture.ts';

const run: Run = exampleRun('20261120T093220Z-k3f9');
const { environment } = run;

function changed(fields: Partial<Run['environment']>): Run {
  return { ...run, environment: { ...environment, ...fields } };
}

function between(...runs: readonly Run[]): readonly FingerprintDifference[] {
  return fingerprintDifferences(runs.map(fingerprintOf));
}

test('another run on the same machine has the same fingerprint and key', () => {
  const later: Run = {
    ...run,
    runId: '20261121T093220Z-aaaa',
    startedAt: '2026-11-21T09:32:20.000Z',
    plan: { ...run.plan, seed: 8, rounds: 20 },
    environment: {
      ...environment,
      linkSubnet: '198.18.7.0/24',
      memoryBytes: environment.memoryBytes - 4096,
    },
  };
  expect(between(run, later)).toEqual([]);
  expect(seriesKey(fingerprintOf(later))).toBe(seriesKey(fingerprintOf(run)));
});

test.each([
  ['kernel', 'kernel', { kernel: '6.2.0' }, ['6.1.0', '6.2.0']],
  ['engine', 'engine', { engine: { ...environment.engine, version: '29.0.0' } }, ['27.0.0', '29.0.0']],
  ['daemon', 'docker-proxy', { engine: { ...environment.engine, userlandProxy: false } }, ['on', 'off']],
  ['cpu', 'CPU', { cpuModel: 'Other CPU' }, ['Example CPU', 'Other CPU']],
  ['cpu', 'CPUs', { cpuCount: 8 }, ['2', '8']],
  ['mitigations', 'spectre_v2', { mitigations: { spectre_v2: 'Vulnerable' } }, [undefined, 'Vulnerable']],
  ['image', 'lab image', { image: 'bench-lab:other' }, ['bench-lab:example', 'bench-lab:other']],
  ['image', 'nginx', { serverVersions: { nginx: '1.30.0' } }, ['1.22.1', '1.30.0']],
  ['method', 'bench', { benchVersion: '9.0.0' }, ['0.0.0', '9.0.0']],
  ['settings', 'net.ipv4.ip_forward', { sysctls: { 'net.ipv4.ip_forward': '1' } }, [undefined, '1']],
] as const)('%s: another %s is a difference of that name, and another key', (group, name, fields, values) => {
  const other = changed(fields);
  expect(between(run, other)).toEqual([{ group, name, values }]);
  expect(seriesKey(fingerprintOf(other))).not.toBe(seriesKey(fingerprintOf(run)));
});

test('a lab and a machine are two places, however bench found the engine of the machine', () => {
  const at = (endpoint: Run['environment']['engine']['endpoint']) =>
    changed({ engine: { ...environment.engine, endpoint } });
  expect(between(at('socket'), at('context'))).toEqual([]);
  expect(between(at('socket'), at('lab'))).toEqual([
    { group: 'place', name: 'network stack', values: ["the machine's", "a lab's own"] },
  ]);
});

test('of three runs, a difference names the value of each, groups in their order', () => {
  const differences = between(run, changed({ kernel: '6.2.0' }), changed({ cpuCount: 4, benchVersion: '1' }));
  expect(differences.map(({ name, values }) => [name, ...values])).toEqual([
    ['bench', '0.0.0', '0.0.0', '1'],
    ['kernel', '6.1.0', '6.2.0', '6.1.0'],
    ['CPUs', '2', '2', '4'],
  ]);
});

test('a key depends on names and values, not on the order of the parts', () => {
  const parts = fingerprintOf(run);
  fc.assert(
    fc.property(fc.shuffledSubarray([...parts], { minLength: parts.length }), (shuffled) => {
      expect(seriesKey(shuffled)).toBe(seriesKey(parts));
    }),
  );
  expect(seriesKey(parts)).toMatch(/^[0-9a-f]{12}$/);
});

test('the load of a profile is that of the plan: another body is another load, another rate or seed is not', () => {
  const loadOf = (plan: Partial<Run['plan']>): Fingerprint =>
    loadFingerprint({ plan: { ...run.plan, ...plan } }, 'latency');
  expect(loadOf({ seed: 9, rates: { nginx: 5 } })).toEqual(loadOf({}));
  expect(fingerprintDifferences([loadOf({}), loadOf({ bodyBytes: 65_536 })])).toEqual([
    { group: 'load', name: 'body', values: ['1024 bytes', '65536 bytes'] },
  ]);
  expect(fingerprintDifferences([loadOf({}), loadOf({ tls: true })])).toHaveLength(1);
  expect(fingerprintDifferences([loadOf({}), loadOf({ agents: 2 })])).toEqual([
    { group: 'load', name: 'load agents', values: ['1', '2'] },
  ]);
});

test('whatever else a profile applies is a part of its load; how long it is applied is none', () => {
  const { churn } = loadProfiles;
  const loadOf = (profile: Partial<LoadProfile>) =>
    loadFingerprint({ plan: { ...run.plan, profiles: [{ ...churn, ...profile }] } }, 'churn');
  expect(fingerprintDifferences([loadOf({}), loadOf({ handshake: true })])).toEqual([
    { group: 'load', name: 'handshake', values: [undefined, 'true'] },
  ]);
  expect(fingerprintDifferences([loadOf({}), loadOf({ sliceFactor: 9, leastRampSeconds: 1 })])).toEqual([]);
});

test('a new tag of a service is the same load in the same series; its image decides whether absolute figures compare', () => {
  const built = (tag: string, service: Partial<typeof plainService> = {}): Run => ({
    ...changed({ serviceImage: `sha256:${tag}` }),
    plan: { ...run.plan, service: { ...plainService, image: `registry:5000/my/app:${tag}`, ...service } },
  });
  const [tonight, lastNight] = [built('4ea793f'), built('4e23b32@sha256:0')];
  const loadOf = (it: Run) => loadFingerprint(it, 'latency');
  expect(loadOf(tonight)).toEqual(loadOf(lastNight));
  expect(seriesKey(fingerprintOf(tonight))).toBe(seriesKey(fingerprintOf(lastNight)));
  expect(fingerprintDifferences([lastNight, tonight].map(absoluteFingerprint))).toEqual([
    { group: 'image', name: 'service image', values: ['sha256:4e23b32@sha256:0', 'sha256:4ea793f'] },
  ]);
  expect(loadOf(built('4ea793f', { port: 9090 }))).not.toEqual(loadOf(tonight));
  expect(loadOf(built('4ea793f', { image: 'registry:5000/other/app:4ea793f' }))).not.toEqual(loadOf(tonight));
});

test('a request is told by its digest, so that no header is shown', () => {
  const request = { method: 'GET', path: '/', headers: { Authorization: 'secret' } };
  const load = loadFingerprint({ plan: { ...run.plan, request } }, 'latency');
  const other = { ...request, headers: { Authorization: 'changed' } };
  expect(JSON.stringify(load)).not.toContain('secret');
  expect(loadFingerprint({ plan: { ...run.plan, request: other } }, 'latency')).not.toEqual(load);
});
