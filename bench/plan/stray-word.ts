import { Failure } from '../model/failure.ts';
import { type PlanOption, planOptionKeys, planOptions } from './options.ts';

/**
 * The answer to a word where `run` and `plan` take none: most often a service's address, or the value of an
 * option.
 */
export function strayWord(command: string, word: string): Failure {
  if (isAddress(word)) {
    return new Failure('usage', `bench starts what it measures, and ${word} runs already`, {
      hint: [
        'What the network mode costs your service: bench run --image IMAGE --port PORT',
        `Which path the connections to your service take: bench trace ${word}`,
        "What your container's network costs: --map-to CONTAINER measures bench's servers in the network of that container.",
      ].join('\n'),
    });
  }
  const key = planOptionKeys.find((it) => wordsOf(planOptions[it]).includes(word));
  const hint = key === undefined ? undefined : `did you mean --${planOptions[key].flag} ${word}?`;
  return new Failure(
    'usage',
    `${command} takes no argument, and "${word}" was given`,
    hint === undefined ? {} : { hint },
  );
}

function wordsOf({ reads }: PlanOption): readonly string[] {
  return reads.as === 'words' || reads.as === 'word' ? reads.words : [];
}

/** A URL, `host:port`, `:port`, an IP address, or a name with a dot. */
function isAddress(word: string): boolean {
  return /:\/\/|^[\w.-]*:\d+(\/|$)|^\[|^localhost$|^[\w-]+(\.[\w-]+)+$/.test(word);
}
