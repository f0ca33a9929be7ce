import fc from 'fast-check';
import { distance } from 'fastest-levenshtein';
import { describe, expect, test } from 'vitest';
import { Failure } from '../model/failure.ts';
import { parsePathId } from '../model/path.ts';
import { parseConfig } from './config-file.ts';
import {
  attributeOf,
  configNames,
  optionsSchema,
  type PlanOption,
  type PlanOptionKey,
  planOptionKeys,
  planOptions,
  variableOf,
} from './options.ts';
import { failure, plan } from './planned.fixture.ts';
import { numberOf, readAs } from './reading.ts';

/*
 * A bad value of any option, from any source, is refused by the name that the user wrote, with what is allowed. These
 * laws hold for every row of the table, also for one that is added later.
 */

const rowOf = (key: PlanOptionKey): PlanOption => planOptions[key];
const isAllowed = (key: PlanOptionKey, text: unknown) =>
  optionsSchema.shape[key].safeParse(readAs(rowOf(key).reads, text)).success;

interface Source {
  readonly name: (key: PlanOptionKey) => string;
  readonly refusal: (key: PlanOptionKey, text: string) => Pick<Failure, 'kind' | 'message' | 'hint'>;
}

function refusedConfig(text: string): Pick<Failure, 'kind' | 'message' | 'hint'> {
  try {
    plan({ config: parseConfig('bench.config.yaml', text) });
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error(`not refused: ${text}`);
}

const sources: Readonly<Record<string, Source>> = {
  flag: {
    name: (key) => `--${rowOf(key).flag}: `,
    refusal: (key, text) => failure({ flags: { [attributeOf(key)]: text } }),
  },
  variable: {
    name: (key) => `${variableOf(key)}: `,
    refusal: (key, text) => failure({ env: { [variableOf(key)]: text } }),
  },
  'key of a config': {
    name: (key) => `: ${key}: `,
    refusal: (key, text) => refusedConfig(`${key}: ${JSON.stringify(text)}`),
  },
  'flag as the key of a config': {
    name: (key) => `: ${rowOf(key).flag}: `,
    refusal: (key, text) => refusedConfig(`${rowOf(key).flag}: ${JSON.stringify(text)}`),
  },
  'key of a plan': {
    name: (key) => (key === 'plan' ? ': plans.mine.plan: ' : `: plans.mine.${key}: `),
    refusal: (key, text) => refusedConfig(`plans:\n  mine:\n    ${key}: ${JSON.stringify(text)}`),
  },
};

const nasty = ['§', '-1', '1x', 'a b', 'x=y', 'nginx=x', 'latency_p50_us=x', '1e99', 'on off', '\u0000', 'x'];
const badTexts = (key: PlanOptionKey) => nasty.filter((text) => !isAllowed(key, text));
/** Options that take any text. */
const free = planOptionKeys.filter((key) => badTexts(key).length === 0);

test('these options take any text', () => {
  expect(free).toEqual(['compose', 'command', 'user', 'requestBody']);
});

describe.each(Object.entries(sources))('a bad value from a %s', (_, { name, refusal }) => {
  test.each(planOptionKeys.filter((key) => !free.includes(key)))('of %s is refused by its name', (key) => {
    const { reads } = rowOf(key);
    const bad = fc
      .tuple(fc.constantFrom(...badTexts(key)), fc.string({ maxLength: 9 }))
      .map(([known, typed]) => (typed.trim() === '' || isAllowed(key, typed) ? known : typed));
    fc.assert(
      fc.property(bad, (text) => {
        const { kind, message, hint = '' } = refusal(key, text);
        expect(kind).toBe('usage');
        expect(message).toContain(name(key));
        const said = `${message} ${hint}`;
        const allowed = 'allowed' in reads ? [reads.allowed] : 'words' in reads ? reads.words : [];
        const nested = key === 'plan' && name(key).includes('plans.');
        const told = nested || allowed.some((it) => said.includes(it)) || /Metrics: |Servers: /.test(hint);
        expect(told, said).toBe(true);
      }),
      { numRuns: 10 },
    );
  });
});

const withWords = planOptionKeys.filter((key) => 'words' in rowOf(key).reads);

test('these options are a choice of words', () => {
  expect(withWords).toEqual(expect.arrayContaining(['plan', 'servers', 'modes', 'paths', 'profiles']));
});

test.each(withWords)('a mistyped word of %s is refused with the nearest', (key) => {
  const { reads } = rowOf(key);
  const words = 'words' in reads ? reads.words : [];
  const mistyped = fc
    .tuple(fc.constantFrom(...words), fc.nat(), fc.constantFrom('', 'x'))
    .map(
      ([word, at, put]) => `${word.slice(0, at % word.length)}${put}${word.slice((at % word.length) + 1)}`,
    );
  fc.assert(
    fc.property(mistyped, (typed) => {
      fc.pre(!words.includes(typed) && parsePathId(typed) === undefined);
      const { message, hint = '' } = failure({ flags: { [attributeOf(key)]: typed } });
      expect(message).toBe(`--${rowOf(key).flag}: unknown ${rowOf(key).flag} "${typed}"`);
      const [, meant = ''] = /did you mean "([^"]+)"\?/.exec(hint) ?? [];
      expect(words, hint).toContain(meant);
      expect(distance(typed, meant)).toBeLessThanOrEqual(1);
    }),
    { numRuns: 50 },
  );
});

const withNumbers = planOptionKeys.filter((key) => /^(number|rates|shares)$/.test(rowOf(key).reads.as));

test.each(withNumbers)(
  'a number that %s cannot be is refused, and the one that is named instead is allowed',
  (key) => {
    const { reads } = rowOf(key);
    const units = 'units' in reads ? reads.units : {};
    const outside = fc
      .oneof(fc.integer({ min: -10, max: 10 ** 7 }), fc.double({ min: 0, max: 10 ** 12, noNaN: true }))
      .map((number) => `${number}`)
      .filter((text) => !isAllowed(key, text));
    fc.assert(
      fc.property(outside, (text) => {
        const { hint = '' } = failure({ flags: { [attributeOf(key)]: text } });
        const [, near] = /^(?:The nearest is|did you mean) (.+?)[.?] [A-Z]/.exec(hint) ?? [];
        if (near !== undefined) expect(isAllowed(key, near), `${near} instead of ${text}`).toBe(true);
        const largest = numberOf(text, units);
        if (typeof largest === 'number' && largest > 1e9) expect(near, hint).toBeDefined();
      }),
      { numRuns: 50 },
    );
  },
);

test('every option may be given by each of its names in a config, and in a plan of it', () => {
  for (const key of planOptionKeys) {
    const { default: usual, example } = rowOf(key);
    const value = Array.isArray(usual) ? `[${usual.join(', ')}]` : (usual ?? example);
    for (const name of configNames(key)) {
      const top = parseConfig('bench.config.yaml', `${name}: ${value}`);
      expect(top, name).toHaveProperty(key);
      if (key === 'plan') continue;
      const nested = parseConfig('bench.config.yaml', `plans:\n  mine:\n    ${name}: ${value}`);
      expect(nested.plans?.['mine'], name).toEqual(top);
    }
  }
});
