import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Case, caseId, deploymentId } from '../model/case.ts';
import { loadProfiles } from '../model/profile.ts';
import { planCases, planDeployments } from '../plan/cases.ts';
import { planOf, plans } from './plan.fixture.ts';
import { type Bout, defaultPorts, type RoundSchedule, schedule } from './schedule.ts';

const casesOf = (block: readonly Bout[]): readonly Case[] => block.flatMap(({ cases }) => cases);
const caseIdAt = (cases: readonly Case[], place: number) =>
  cases
    .slice(place, place + 1)
    .map(caseId)
    .join();
const opened = (subject: Case) => {
  const { connections, load } = loadProfiles[subject.profile];
  return `${connections}${load === 'churn' || load === 'bulk' ? ` of ${load}` : ''} to ${deploymentId(subject)}`;
};
const sorted = (words: readonly string[]) => [...words].sort();

test('every block has every case exactly once; the warm-up has every deployment once for each number of connections', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const cases = sorted(planCases(plan).map(caseId));
      // What the profiles' cases need open, each once.
      const connected = sorted([...new Set(planCases(plan).map(opened))]);
      for (const { warmup, blocks } of schedule(plan)) {
        expect(sorted(warmup.map(opened))).toEqual(plan.warmupSeconds > 0 ? connected : []);
        expect(blocks).toHaveLength(plan.blocks);
        for (const block of blocks) expect(sorted(casesOf(block).map(caseId))).toEqual(cases);
      }
    }),
  );
});

test('every round deploys everything once, under ports and names of its own', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const rounds = schedule(plan);
      expect(rounds.map(({ round }) => round)).toEqual(Array.from({ length: plan.rounds }, (_, i) => i + 1));
      for (const { deployments } of rounds) {
        expect(sorted(deployments.map(deploymentId))).toEqual(
          sorted(planDeployments(plan).map(deploymentId)),
        );
        const distinct = (values: readonly unknown[]) => new Set(values).size;
        expect(distinct(deployments.map(({ hostPort }) => hostPort))).toBe(deployments.length);
        expect(distinct(deployments.map(({ nameSuffix }) => nameSuffix))).toBe(deployments.length);
        for (const { hostPort, nameSuffix, environmentPaddingBytes } of deployments) {
          expect(hostPort).toBeGreaterThanOrEqual(defaultPorts.from);
          expect(hostPort).toBeLessThanOrEqual(defaultPorts.to);
          expect(nameSuffix).toMatch(/^[a-z0-9]{4,12}$/);
          expect(environmentPaddingBytes).toBeGreaterThanOrEqual(0);
          expect(environmentPaddingBytes).toBeLessThanOrEqual(4096);
        }
      }
    }),
  );
});

test('the same seed gives the same schedule, another seed another one', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      expect(schedule(plan)).toEqual(schedule(structuredClone(plan)));
      expect(schedule(plan)).not.toEqual(schedule({ ...plan, seed: (plan.seed + 1) % 2 ** 32 }));
    }),
  );
});

test('a round does not change when rounds are added after it', () => {
  fc.assert(
    fc.property(plans, fc.integer({ min: 1, max: 4 }), (plan, more) => {
      const longer = schedule({ ...plan, rounds: plan.rounds + more });
      expect(longer.slice(0, plan.rounds)).toEqual(schedule(plan));
    }),
  );
});

test('rounds and blocks differ from each other in order', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (seed) => {
      const rounds = schedule(planOf({ seed: String(seed), rounds: '3', blocks: '3' }));
      const orders = rounds.flatMap(({ warmup, blocks }) => [warmup, ...blocks.map(casesOf)]);
      // 4 groups of 4 have 8·10⁶ orders: one pair of equals among 12 is chance now and then, two mean no randomness.
      const distinct = new Set(orders.map((block) => block.map(caseId).join())).size;
      expect(distinct).toBeGreaterThanOrEqual(orders.length - 1);
      const starts = rounds.map(({ deployments }) => deployments.map(deploymentId).join());
      expect(new Set(starts).size).toBeGreaterThan(1);
    }),
  );
});

test('in a block, the cases that are compared with each other follow each other', () => {
  const groupOf = ({ server, profile, path }: Case) => `${server} ${profile} from ${path.split('/')[1]}`;
  fc.assert(
    fc.property(plans, (plan) => {
      for (const block of schedule(plan).flatMap(({ blocks }) => blocks)) {
        const groups = casesOf(block).map(groupOf);
        const changes = groups.filter((group, index) => group !== groups[index - 1]).length;
        expect(changes).toBe(new Set(groups).size);
      }
    }),
  );
});

test('every case comes first, last and in between equally often', () => {
  const flags = { server: 'nginx', mode: 'bridge', profile: 'latency', rounds: '300', blocks: '10' };
  const plan = planOf(flags);
  const cases = planCases(plan).map(caseId);
  const counts = new Map<string, number>();
  for (const { blocks } of schedule(plan)) {
    for (const [place, subject] of blocks.flatMap((block) => [...casesOf(block).entries()])) {
      const key = `${caseId(subject)} at ${place}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  expect(counts.size).toBe(cases.length ** 2);
  // 1000 expected, standard deviation 26: five of them either way.
  for (const [key, count] of counts) {
    expect(count, key).toBeGreaterThan(870);
    expect(count, key).toBeLessThan(1130);
  }
});

test('ports that something else uses are not drawn', () => {
  const plan = planOf({ rounds: '20' });
  const taken = new Set([20_001, 20_003, 20_005]);
  const drawn = schedule(plan, { from: 20_000, to: 20_010, taken }).map(({ deployments }) =>
    sorted(deployments.map(({ hostPort }) => String(hostPort))),
  );
  const free = ['20000', '20002', '20004', '20006', '20007', '20008', '20009', '20010'];
  expect(drawn).toEqual(Array.from({ length: 20 }, () => free));
});

test('a range with too few ports is said, not waited for', () => {
  const ports = { from: 20_000, to: 20_007, taken: new Set([20_000]) };
  expect(() => schedule(planOf({}), ports)).toThrow('8 ports are needed, but 20000-20007 has 7 free');
});

test('servers that share a port have one port a round, and an address each', () => {
  const shared = planOf({ plan: 'two-addresses' });
  for (const { deployments } of schedule(shared)) {
    expect(new Set(deployments.map(({ hostPort }) => hostPort)).size).toBe(1);
    expect(deployments.map(({ addressIndex }) => addressIndex)).toEqual(deployments.map((_, index) => index));
  }
  const ports = schedule(shared).map(({ deployments }) => deployments[0]?.hostPort);
  expect(new Set(ports).size).toBeGreaterThan(1);
});

test('a bout has as many cycles of turns as make up a slice, each with every case once', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      for (const { cases, sequence } of schedule(plan).flatMap(({ blocks }) => blocks.flat())) {
        const places = cases.map((_, place) => place);
        const [measured, turnSeconds] = {
          latency: [plan.sliceSeconds, plan.turnSeconds],
          steady: [2 * plan.sliceSeconds, plan.turnSeconds],
          throughput: [plan.sliceSeconds, plan.turnSeconds],
          // 11,000 responses a round, at an expected 10,000 requests/s, in windows of a quarter of a second.
          paced: [1.1 / plan.blocks, plan.turnSeconds && 0.25],
          churn: [2 * plan.sliceSeconds, plan.turnSeconds],
          // Of 1 MiB: five for each of 32 connections, at 250 MB/s.
          bulk: [Math.max(0.68, plan.sliceSeconds), plan.turnSeconds],
        }[cases[0]?.profile ?? 'latency'];
        const cycles =
          turnSeconds === undefined ? 1 : Math.max(1, Math.round((measured ?? Number.NaN) / turnSeconds));
        expect(sequence).toHaveLength(cycles * cases.length);
        for (let cycle = 0; cycle < cycles; cycle++) {
          const turns = sequence.slice(cycle * cases.length, (cycle + 1) * cases.length);
          expect(turns.toSorted((a, b) => a - b)).toEqual(places);
        }
      }
    }),
  );
});

test('the cycles of a bout differ from each other in order, and no case is the first more often', () => {
  const plan = planOf({ server: 'nginx', mode: 'bridge', profile: 'latency', rounds: '300', blocks: '1' });
  const first = new Map<string, number>();
  const orders = new Set<string>();
  let cycles = 0;
  for (const { cases, sequence } of schedule(plan).flatMap(({ blocks }) => blocks.flat())) {
    for (let turn = 0; turn < sequence.length; turn += cases.length) {
      const ids = sequence.slice(turn, turn + cases.length).map((place) => caseIdAt(cases, place));
      orders.add(ids.join());
      first.set(ids[0] ?? '', (first.get(ids[0] ?? '') ?? 0) + 1);
      cycles++;
    }
  }
  expect(orders.size).toBe(6);
  expect(first.size).toBe(3);
  const expected = cycles / 3;
  // Five standard deviations either way.
  for (const count of first.values()) {
    expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt((expected * 2) / 3));
  }
});

test('a slice of one piece is one turn', () => {
  const plan = planOf({ turnSeconds: '0', rounds: '1' });
  expect(plan).not.toHaveProperty('turnSeconds');
  for (const { cases, sequence } of schedule(plan).flatMap(({ blocks }) => blocks.flat())) {
    expect(sequence.toSorted((one, other) => one - other)).toEqual(cases.map((_, place) => place));
  }
});

test('servers and agent have exchanged CPUs in about half of the rounds, drawn round by round', () => {
  const sides = schedule(planOf({ rounds: '400', server: 'nginx', mode: 'bridge', seed: '3' })).map(
    ({ exchanged }) => exchanged,
  );
  const exchanged = sides.filter((side) => side).length;
  // 200 expected, standard deviation 10: four of them either way.
  expect(Math.abs(exchanged - 200)).toBeLessThan(40);
  const alternations = sides.slice(1).filter((side, index) => side !== sides[index]).length;
  expect(Math.abs(alternations - 199.5)).toBeLessThan(40);
});

test('a plan that does not exchange them keeps the order of everything else', () => {
  const flags = { rounds: '6', seed: '3' };
  const [own, exchanging] = [schedule(planOf({ ...flags, exchangeCpus: 'false' })), schedule(planOf(flags))];
  expect(own.map(({ exchanged }) => exchanged)).toEqual(Array(6).fill(false));
  expect(new Set(exchanging.map(({ exchanged }) => exchanged)).size).toBe(2);
  const others = ({ exchanged: _, ...rest }: (typeof own)[number]) => rest;
  expect(own.map(others)).toEqual(exchanging.map(others));
});

test('a service with one fixed port: its twin is in a part of its own, in any order but in the first round', () => {
  const flags = { image: 'app', port: '80', mode: ['bridge'], rounds: '30', exchangeCpus: true };
  const parts = schedule(planOf(flags));
  expect(parts.map(({ round }) => round)).toEqual(
    Array.from({ length: 60 }, (_, at) => Math.floor(at / 2) + 1),
  );
  const rolesOf = ({ deployments }: RoundSchedule) => sorted(deployments.map(({ role }) => role)).join();
  expect(parts.slice(0, 2).map(rolesOf)).toEqual(['baseline,contender', 'twin']);
  expect(new Set(parts.filter((_, at) => at % 2 === 0).map(rolesOf)).size).toBe(2);
  for (const [at, own] of parts.entries()) {
    const { part, blocks, exchanged } = own;
    const first = parts[at - (at % 2)] ?? own;
    expect(at % 2 === 0 ? part?.from : part?.to).toBe(at % 2);
    expect(at % 2 === 0 ? part?.to : part?.from).toBeCloseTo(rolesOf(first) === 'twin' ? 1 / 3 : 2 / 3);
    expect(exchanged).toBe(first.exchanged);
    for (const block of blocks) expect(casesOf(block)).toHaveLength(rolesOf(own) === 'twin' ? 3 : 6);
  }
});

test('each bout of the paced profile has arrivals of its own, for all of its cases; others have none', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const bouts = schedule(plan).flatMap(({ blocks }) => blocks.flat());
      const seeds = bouts.flatMap(({ arrivalsSeed }) => arrivalsSeed ?? []);
      expect(seeds).toHaveLength(bouts.filter(({ cases }) => cases[0]?.profile === 'paced').length);
      expect(new Set(seeds).size).toBe(seeds.length);
    }),
  );
});
