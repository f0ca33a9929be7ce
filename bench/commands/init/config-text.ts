import { optionGroups } from '../../command-options.ts';
import { type PlanOption, type PlanOptionKey, planOptionKeys, planOptions } from '../../plan/options.ts';

/** Width of a comment line. */
const width = 100;

/**
 * A config that sets nothing: every option as a comment, with its purpose and its default or an example.
 * @param schema where an editor finds the schema of a config.
 */
export function configText(schema: string): string {
  return [
    `# yaml-language-server: $schema=${schema}`,
    '#',
    '# Options of `bench run` and `bench plan` in this directory. A flag comes before its variable, the variable',
    '# before the plan (--plan), the plan before the rest of this file, and this file before the default. To set',
    '# an option, remove the # before its name.',
    ...optionGroups.flatMap((group) => {
      const keys = planOptionKeys.filter((key) => planOptions[key].group === group);
      return keys.length === 0 ? [] : ['', `## ${group}`, ...keys.flatMap(optionLines)];
    }),
    '',
    '## The gate',
    '',
    '# `bench gate` checks the last run against these assertions, and exits with 10 if one fails. In a path, * is',
    '# any text. server and profile narrow an entry. Limits: maxOverhead, maxOverheadUs, maxRegression (against',
    '# earlier runs), minRounds, noUntrusted. Levels: error, warn, off. An accepted step makes a changed overhead',
    '# the one that later runs are compared with.',
    ...exampleGate.map((line) => `# ${line}`),
    '',
    '## Plans of your own',
    '',
    '# A plan is a set of options with a name: `bench run --plan checkout`. It may have any option but plan. What',
    '# it does not set is as above. `bench plan --plan checkout --verbose` shows what comes of it.',
    ...examplePlan.map((line) => `# ${line}`),
    '',
  ].join('\n');
}

const exampleGate = [
  'gate:',
  '  - metric: latency_p50_us',
  '    path: bridge/external/published',
  '    server: nginx',
  '    maxOverhead: 40%',
  '    maxRegression: 10%',
  '    level: error',
  'accepted:',
  '  - metric: latency_p50_us',
  '    path: bridge/external/published',
  '    from: 20261120T093220Z-k3f9',
  '    reason: the new engine routes otherwise',
  '    by: Anna',
];

const examplePlan = [
  'plans:',
  '  checkout:',
  '    server: [nginx]',
  '    mode: [host, bridge]',
  '    profile: [latency, throughput]',
  '    rounds: 20',
  '    margin: { latency_p50_us: 5%, throughput_rps: 3% }',
];

function optionLines(key: PlanOptionKey): readonly string[] {
  const { flag, says, more, default: usual, defaultWords, example, reads }: PlanOption = planOptions[key];
  const text = [
    says,
    ...(more === undefined ? [] : [more]),
    ...(reads.as === 'words' && key !== 'paths' ? [`Of ${reads.words.join(', ')}.`] : []),
    ...(defaultWords === undefined ? [] : [`Default: ${defaultWords}.`]),
  ].join(' ');
  const value = Array.isArray(usual) ? `[${usual.join(', ')}]` : (usual ?? example);
  return ['', ...commentLines(text), `# ${flag}: ${value}`];
}

function commentLines(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(`# ${word}`);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
