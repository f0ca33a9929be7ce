import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { fromDataKeys } from '../model/data-keys.ts';
import { evidenceSchema } from '../model/evidence.ts';
import { type Slice, sliceSchema } from '../model/slice.ts';
import { quickCheck } from './quick-check.ts';
import { exampleEvidence, exampleSlice, linesOf } from './recorded.fixture.ts';

/* What a check sees is a line of a data file, with the keys of the code: one of every kind, with all that it may hold. */
const completed = exampleSlice(1);
const { status: _, figures, ...measured } = completed;
const { server, path, role, profile, round, block, position, startedAt } = completed;
const slices: readonly Slice[] = [
  completed,
  {
    ...measured,
    status: 'invalid',
    turns: 2,
    turnRates: [12_000.5, 12_100],
    cpusExchanged: true,
    counters: { connections: 1, dnatPackets: 1, bridgePackets: 10_000, linkPackets: 10_000 },
    pacing: { offeredPerSecond: 100, sentPerSecond: 99, sendLagP50Us: 50, sendLagP99Us: 900.5 },
    figures: { ...figures, faults: 3, littles_law: 0.8 },
    reasons: [{ rule: 'faults', message: '3 connection errors' }],
  },
  {
    ...{ server, path, role, profile, round, block, position, startedAt },
    status: 'failed',
    error: { message: 'no answer', hint: 'wait' },
  },
];
const evidence = [1, 2, 3].map(exampleEvidence);

const files = [
  { name: 'slices.ndjson', kind: 'slice', schema: sliceSchema, documents: slices },
  { name: 'evidence.ndjson', kind: 'evidence', schema: evidenceSchema, documents: evidence },
] as const;

test.each(files)('every line of $name that bench has written passes, and means the same', (file) => {
  const { kind, schema, documents } = file;
  const surelyFits = quickCheck(schema);
  const rename = fromDataKeys(schema);
  for (const line of linesOf(kind, documents).trimEnd().split('\n')) {
    const document = rename(JSON.parse(line));
    expect(surelyFits(document)).toBe(true);
    expect(schema.parse(document)).toEqual(document);
  }
});

test.each([
  { what: 'slice', schema: sliceSchema, lines: slices },
  { what: 'evidence', schema: evidenceSchema, lines: evidence },
])('a $what with something changed passes exactly if its schema accepts it as it is', ({ schema, lines }) => {
  const surelyFits = quickCheck(schema);
  const verdicts = { passed: 0, refused: 0 };
  for (const line of lines) expect(surelyFits(line)).toBe(true);
  fc.assert(
    fc.property(fc.constantFrom(...lines), fc.nat(), fc.nat(), replacement, (line, place, way, value) => {
      const document = JSON.parse(changed(JSON.stringify(line), place, way, value));
      const checked = schema.safeParse(document);
      const passes = surelyFits(document);
      const asItIs = checked.success && sameText(checked.data, document);
      expect(passes).toBe(asItIs);
      verdicts[passes ? 'passed' : 'refused'] += 1;
    }),
    { seed: 1, numRuns: 3_000 },
  );
  // Both were put to the test.
  expect(Math.min(verdicts.passed, verdicts.refused)).toBeGreaterThan(100);
});

test('what it does not know it leaves to the schema', () => {
  for (const schema of [
    z.string().trim(),
    z.object({ a: z.string() }),
    z.strictObject({ a: z.date() }),
    z.number().multipleOf(2),
    z.array(z.string()).max(2),
    z.strictObject({ a: z.string().default('x') }),
    z.string().refine((it) => it.length > 3),
    z.strictObject({ a: z.string() }).refine(({ a }) => a.length > 3),
    z.union([z.string(), z.number()]),
  ]) {
    for (const document of ['x', {}, { a: 'x' }, 1, ['a', 'b', 'c'], []]) {
      expect(quickCheck(schema)(document)).toBe(false);
    }
  }
});

/** JSON texts that a field may be replaced with: near misses among them. */
const replacement = fc.oneof(
  fc.constantFrom('null', 'true', '0', '-0', '1', '-1', '0.5', '1e999', '9007199254740993', '[]', '{}', '""'),
  fc.constantFrom('"host"', '"twin"', '"failed"', '"a/b"', '"bridge/host/ipv6"', '"2026-11-20T12:31:27Z"'),
  fc.constantFrom(
    '{"__proto__":1}',
    '{"faults":1}',
    '{"fault":1}',
    '[1]',
    '["cpu_steal"]',
    '"2026-02-30T00:00:00Z"',
  ),
  fc.jsonValue().map((it) => JSON.stringify(it)),
);

/** The line with one of its fields, at any depth, replaced, taken away, or given a neighbour. */
function changed(line: string, place: number, way: number, value: string): string {
  const places: { readonly owner: Record<string, unknown>; readonly key: string }[] = [];
  const document: unknown = JSON.parse(line, function (this: Record<string, unknown>, key, field: unknown) {
    if (key !== '') places.push({ owner: this, key });
    return field;
  });
  const { owner, key } = places[place % places.length] ?? { owner: {}, key: '' };
  const mark = '@@';
  if (way % 4 === 0 && !Array.isArray(owner)) delete owner[key];
  else if (way % 4 === 1 && !Array.isArray(owner)) owner[['more', 'hint', 'figures'][way % 3] ?? ''] = mark;
  else owner[key] = mark;
  return JSON.stringify(document).replace(`"${mark}"`, () => value);
}

function sameText(one: unknown, other: unknown): boolean {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

/** With the fields of every object in the order of their names: the schema gives them in an order of its own. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => [name, sorted(field)]);
}
