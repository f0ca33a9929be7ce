import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { dataFileSchema, dataNumber, fromDataKeys, snakeCase, toDataKeys } from './data-keys.ts';

const schema = z.strictObject({
  wallSeconds: z.number(),
  p50Us: z.number().optional(),
  settingsByName: z.record(z.string(), z.string()),
  deepByName: z.record(z.string(), z.strictObject({ innerKey: z.number() })),
  listOf: z.array(z.strictObject({ innerKey: z.number() })),
  byKind: z.discriminatedUnion('whichKind', [
    z.strictObject({ whichKind: z.literal('one'), sharedKey: z.strictObject({ oneKey: z.number() }) }),
    z.strictObject({ whichKind: z.literal('two'), sharedKey: z.strictObject({ twoKey: z.number() }) }),
  ]),
  either: z.union([
    z.strictObject({ firstKey: z.number() }),
    z.strictObject({ secondKey: z.strictObject({ innerKey: z.number() }) }),
  ]),
  raw: z.record(z.string(), z.unknown()),
});
type Document = z.infer<typeof schema>;

const document: Document = {
  wallSeconds: 1,
  p50Us: 2,
  settingsByName: { 'net.ipv4.ip_forward': '1', camelCase: '2', snake_case: '3' },
  deepByName: { eth0: { innerKey: 1 }, vethAb: { innerKey: 2 } },
  listOf: [{ innerKey: 1 }, { innerKey: 2 }],
  byKind: { whichKind: 'two', sharedKey: { twoKey: 1 } },
  either: { secondKey: { innerKey: 1 } },
  raw: { dnatPackets: 3, nested: [{ linkIndex: 1 }] },
};

test('names of ours are spelled in snake_case, keys that are data stay as they are', () => {
  expect(toDataKeys(schema)(document)).toEqual({
    wall_seconds: 1,
    p50_us: 2,
    settings_by_name: { 'net.ipv4.ip_forward': '1', camelCase: '2', snake_case: '3' },
    deep_by_name: { eth0: { inner_key: 1 }, vethAb: { inner_key: 2 } },
    list_of: [{ inner_key: 1 }, { inner_key: 2 }],
    by_kind: { which_kind: 'two', shared_key: { two_key: 1 } },
    either: { second_key: { inner_key: 1 } },
    raw: { dnat_packets: 3, nested: [{ link_index: 1 }] },
  });
});

test('what is written is read back as it was, whatever the keys of its records', () => {
  const names = fc.string({ minLength: 1 }).filter((name) => name !== '__proto__');
  const numbers = fc.integer();
  const documents: fc.Arbitrary<Document> = fc.record(
    {
      wallSeconds: numbers,
      p50Us: numbers,
      settingsByName: fc.dictionary(names, fc.string()),
      deepByName: fc.dictionary(names, fc.record({ innerKey: numbers })),
      listOf: fc.array(fc.record({ innerKey: numbers })),
      byKind: fc.oneof(
        fc.record({ whichKind: fc.constant('one' as const), sharedKey: fc.record({ oneKey: numbers }) }),
        fc.record({ whichKind: fc.constant('two' as const), sharedKey: fc.record({ twoKey: numbers }) }),
      ),
      either: fc.oneof(
        fc.record({ firstKey: numbers }),
        fc.record({ secondKey: fc.record({ innerKey: numbers }) }),
      ),
      // Read back by who knows its shape.
      raw: fc.constant({}),
    },
    { requiredKeys: ['wallSeconds', 'settingsByName', 'deepByName', 'listOf', 'byKind', 'either', 'raw'] },
  );
  const [write, read] = [toDataKeys(schema), fromDataKeys(schema)];
  fc.assert(
    fc.property(documents, (it) => {
      const text = JSON.stringify(write(it));
      expect(schema.parse(read(JSON.parse(text)))).toEqual(JSON.parse(JSON.stringify(it)));
    }),
  );
});

test('what the schema does not know is left to it: it refuses', () => {
  const read = fromDataKeys(schema);
  const written = toDataKeys(schema)(document);
  expect(schema.safeParse(read({ ...Object(written), surplus_key: 1 })).success).toBe(false);
  for (const value of [undefined, null, 1, 'text', [], [1]]) {
    expect(read(value)).toEqual(value);
    expect(toDataKeys(schema)(value)).toEqual(value);
  }
  const camelCase = { ...Object(written), wallSeconds: 2 };
  expect(schema.safeParse(read(camelCase)).error?.message).toContain(
    'wallSeconds, which is spelled wall_seconds',
  );
  const evil: unknown = JSON.parse('{"wall_seconds": 1, "__proto__": {"polluted": true}}');
  const seen = read(evil);
  expect(Object.getPrototypeOf(seen)).toBe(Object.prototype);
  expect(schema.safeParse(seen).success).toBe(false);
});

test('raw values are read back by who knows their shape', () => {
  const standing = z.object({ serverStack: z.strictObject({ linkIndex: z.number() }) });
  const raw = { serverStack: { linkIndex: 3 }, 'net.core.somaxconn': 1 };
  const written = toDataKeys(z.record(z.string(), z.unknown()))(raw);
  expect(written).toEqual({ server_stack: { link_index: 3 }, 'net.core.somaxconn': 1 });
  expect(standing.parse(fromDataKeys(standing)(written))).toEqual({ serverStack: { linkIndex: 3 } });
});

test('a part of a schema whose keys nobody would rename is refused when the schema is made', () => {
  expect(() => toDataKeys(z.strictObject({ odd: z.tuple([z.strictObject({ aKey: z.number() })]) }))).toThrow(
    'type tuple',
  );
});

test('the published JSON Schema has the names of the file, and values stay as they are', () => {
  const published = JSON.stringify(dataFileSchema(schema));
  const names = [...published.matchAll(/"(\w+)":\{"(?:type|anyOf|oneOf)"/g)].map(([, name]) => name);
  expect(names).toContain('wall_seconds');
  expect(published).toContain('"which_kind":{"type":"string","const":"two"}');
  expect(published).not.toMatch(/wallSeconds|innerKey|whichKind|settingsByName/);
  const values = z.strictObject({
    endpointKind: z.enum(['DOCKER_HOST', 'camelCase']).describe('As in camelCase.'),
  });
  expect(dataFileSchema(values)).toMatchObject({
    properties: { endpoint_kind: { enum: ['DOCKER_HOST', 'camelCase'], description: 'As in camelCase.' } },
    required: ['endpoint_kind'],
  });
});

test('a digit begins no word of its own', () => {
  expect(['wallSeconds', 'p50Us', 'non2xx', 'ip6tables', 'requests'].map(snakeCase)).toEqual([
    'wall_seconds',
    'p50_us',
    'non2xx',
    'ip6tables',
    'requests',
  ]);
});

test('a number with a fraction is written with 9 significant digits, a whole one as it is', () => {
  const dusty = {
    ...document,
    wallSeconds: 0.07527900000000001,
    p50Us: 12_345_678.987654,
    raw: { deep: [0.30000000000000004] },
  };
  expect(toDataKeys(schema)(dusty)).toMatchObject({
    wall_seconds: 0.075279,
    p50_us: 12_345_679,
    raw: { deep: [0.3] },
  });
  expect(toDataKeys(schema)({ ...document, wallSeconds: 1_234_567_890_123 })).toMatchObject({
    wall_seconds: 1_234_567_890_123,
  });
  expect(fromDataKeys(schema)({ wall_seconds: 0.07527900000000001 })).toEqual({
    wallSeconds: 0.07527900000000001,
  });
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const written = dataNumber(value);
      expect(Math.abs(written - value)).toBeLessThanOrEqual(Math.abs(value) * 5e-9 + Number.MIN_VALUE);
      expect(dataNumber(written)).toBe(written);
    }),
  );
});
