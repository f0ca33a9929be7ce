import { type ChosenPlan, isOwnPlan } from '../../plan/named-plans.ts';
import { type PlanOptionKey, planOptions } from '../../plan/options.ts';
import { ownPlans } from '../../plan/plan-names.ts';
import type { ValueSource } from '../../plan/value-sources.ts';

/** Lists with more words than this are counted instead: the plan `paths` has dozens. */
const mostWords = 6;

/** What a plan that was chosen by its name stands for: what it is about, and the options that it gives. */
export function chosenText(chosen: ChosenPlan | undefined): readonly string[] {
  if (chosen === undefined) return [];
  const { name, values } = chosen;
  const says = isOwnPlan(name) ? ownPlans[name].says : 'One of your own, from the config.';
  const given = Object.entries(values).map(
    ([key, value]) => `--${planOptions[key as PlanOptionKey].flag} ${valueText(value)}`,
  );
  const options = given.length === 0 ? 'It sets no option.' : `It stands for ${given.join(' ')}`;
  return [`Plan ${name}: ${says}\n`, `  ${options}\n\n`];
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return listText(value, value.length);
  if (typeof value !== 'object' || value === null) return `${value}`;
  const entries = Object.entries(value).map(([name, it]) => `${name}=${valueText(it)}`);
  return listText(entries, entries.length);
}

function listText(words: readonly unknown[], count: number): string {
  return count > mostWords ? `(${count} of them)` : words.join(',');
}

/** A line for each option of the plan: its value, and which source gives it. */
export function sourcesText(sources: readonly ValueSource[]): readonly string[] {
  const rows = sources.map(({ option, value, source, name }) => {
    const words = value.split(',');
    return [`--${option} ${listText(words, words.length)}`, sourceWords(source, name)] as const;
  });
  const width = Math.max(...rows.map(([said]) => said.length));
  return [
    '\nWhere each value comes from\n',
    ...rows.map(([said, from]) => `  ${said.padEnd(width)}  ${from}\n`),
  ];
}

function sourceWords(source: ValueSource['source'], name: string | undefined): string {
  return source === 'flag' || name === undefined ? source : name;
}
