import { Failure } from '../model/failure.ts';
import { wordHint } from '../model/nearest.ts';
import { externalPath, routeFor } from '../model/network-modes.ts';
import { networkModes, parsePathId } from '../model/path.ts';
import {
  type Options,
  optionsSchema,
  type PlanOption,
  type PlanOptionKey,
  planOptionKeys,
  planOptions,
} from './options.ts';
import { numberOf, readAs, shareUnits } from './reading.ts';

/**
 * Reads and checks the options that one source gives. Flags, variables and configs are read alike. An error
 * names the source, the value and the allowed values.
 *
 * @param given values by config key, as the source has them; `undefined` counts as not given.
 * @param prefixOf text before a message about an option, e.g. `BENCH_MODE: `.
 * @throws {Failure} usage
 */
export function checkedOptions(
  given: Readonly<Partial<Record<PlanOptionKey, unknown>>>,
  prefixOf: (key: PlanOptionKey) => string,
): Options {
  const read: Partial<Record<PlanOptionKey, unknown>> = {};
  for (const key of planOptionKeys) {
    const written = given[key];
    if (written === undefined) continue;
    const value = readAs(planOptions[key].reads, written);
    if (!optionsSchema.shape[key].safeParse(value).success) {
      throw refusal(key, { written, value }, prefixOf(key));
    }
    const twice = Array.isArray(value) ? value.find((word, at) => value.indexOf(word) !== at) : undefined;
    if (twice !== undefined) {
      const { flag } = planOptions[key];
      throw new Failure('usage', `${prefixOf(key)}${flag} "${twice}" is given twice`, {
        hint: `Give each ${flag} once.`,
      });
    }
    read[key] = value;
  }
  const options = optionsSchema.parse(read);
  const { plan, modes, paths } = options;
  if (plan !== undefined && (modes ?? paths) !== undefined) {
    const other = modes === undefined ? 'paths' : 'modes';
    throw new Failure('usage', `${prefixOf('plan')}a plan says itself which ${other} are measured`, {
      hint: `Leave out either the plan or the ${other}.`,
    });
  }
  return options;
}

/** A value as a source has it, and what it was read as. */
interface GivenValue {
  readonly written: unknown;
  readonly value: unknown;
}

function refusal(key: PlanOptionKey, { written, value }: GivenValue, prefix: string): Failure {
  const { flag, reads, says }: PlanOption = planOptions[key];
  if (reads.as === 'word' && typeof value === 'string') {
    return new Failure('usage', `${prefix}unknown ${flag} "${value}"`, {
      hint: wordHint(value, reads.words, key === 'plan' ? 'Plans' : `Values of ${flag}`),
    });
  }
  if (reads.as !== 'words') {
    const meant = asPercentage(key, written);
    return new Failure(
      'usage',
      `${prefix}${reads.as === 'rates' ? ratesWords(written) : valueWords(written)} is not ${reads.allowed}`,
      {
        hint: meant === undefined ? says : `did you mean ${meant}? ${says}`,
      },
    );
  }

  const { words } = reads;
  const plural = key.charAt(0).toUpperCase() + key.slice(1);
  const list = (typed?: string) => `${plural}: ${mentioned(key, words, typed).join(', ')}`;
  if (!Array.isArray(value)) {
    return new Failure('usage', `${prefix}${valueWords(value)} is not a list`, { hint: list() });
  }
  const wrong: unknown = [value].flat().find((word) => !words.includes(String(word)));
  if (wrong === undefined) return new Failure('usage', `${prefix}no ${flag} given`, { hint: list() });
  if (typeof wrong !== 'string') {
    return new Failure('usage', `${prefix}${valueWords(wrong)} is not a ${flag}`, { hint: list() });
  }
  const known = knownButRefused(key, wrong);
  return known === undefined
    ? new Failure('usage', `${prefix}unknown ${flag} "${wrong}"`, {
        hint: [aboutWord(key, wrong), wordHint(wrong, words, plural, mentioned(key, words, wrong))]
          .filter((it) => it !== undefined)
          .join(' '),
      })
    : new Failure('usage', `${prefix}${flag} "${wrong}" cannot be measured: ${known}`, {
        hint: list(wrong),
      });
}

/** A number that is too large for a share, but would be one in per cent: `1` for `1%`. */
function asPercentage(key: PlanOptionKey, written: unknown): string | undefined {
  const { reads }: PlanOption = planOptions[key];
  const number = numberOf(written);
  if (reads.as !== 'number' || reads.units !== shareUnits || typeof number !== 'number') return undefined;
  return optionsSchema.shape[key].safeParse(number / 100).success ? `${number}%` : undefined;
}

/** What a user who knows the word from elsewhere looks for. */
function aboutWord(key: PlanOptionKey, word: string): string | undefined {
  return key === 'profiles' && /^p?\d+(\.\d+)?$/.test(word)
    ? 'The percentiles of latency are in every report.'
    : undefined;
}

/**
 * The allowed words that an error lists. All paths are too many to read. The list has the paths of the typed
 * mode, or those that a remote client takes.
 */
function mentioned(key: PlanOptionKey, words: readonly string[], typed = ''): readonly string[] {
  if (key !== 'paths') return words;
  const mode = typed.split('/')[0];
  const ofMode = words.filter((word) => word.split('/')[0] === mode);
  if (ofMode.length > 0) return ofMode;
  const external = words.filter((word) => word.split('/')[1] === 'external' && !word.endsWith('/ipv6'));
  return [...external, '… (`bench plan --plan paths --verbose` lists all)'];
}

/** Why a word of the domain names something that cannot be measured; `undefined` for other words. */
function knownButRefused(key: PlanOptionKey, word: string): string | undefined {
  if (key === 'modes') {
    const mode = networkModes.find((known) => known === word);
    if (mode === undefined || externalPath(mode) !== undefined) return undefined;
    return reasonOf(routeFor({ mode, vantage: 'external' }));
  }
  const path = key === 'paths' ? parsePathId(word) : undefined;
  return path && reasonOf(routeFor(path));
}

function reasonOf(answer: ReturnType<typeof routeFor>): string | undefined {
  return answer.possible ? undefined : answer.reason.replace(/^bench does not lay the path \S+: /, '');
}

/** A flag that is repeated is one list. */
function ratesWords(value: unknown): string {
  return valueWords(Array.isArray(value) ? value.join(',') : value);
}

/** A value as it was typed. JSON has no notation for numbers beyond its range. */
function valueWords(value: unknown): string {
  if (typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value)) return value;
  if (typeof value !== 'number' || Number.isFinite(value)) return JSON.stringify(value);
  return Number.isNaN(value) ? 'not a number' : 'a number too large to count with';
}
