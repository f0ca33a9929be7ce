import { Failure } from '../../model/failure.ts';
import { wordHint } from '../../model/nearest.ts';
import { possiblePaths } from '../../model/network-modes.ts';
import { type NetworkMode, networkModes, type Path } from '../../model/path.ts';

/**
 * The path on which a mode is shown: the first that bench can set up, dialled from as far outside as
 * possible.
 */
function shownPath(mode: NetworkMode): Path | undefined {
  return possiblePaths().find((path) => path.mode === mode);
}

/**
 * The modes of a command line, each once. If none is named, all that bench can set up.
 * @throws {Failure} usage: an unknown mode, with the nearest one, or one that bench cannot set up.
 */
export function chosenModes(operands: readonly string[]): readonly Path[] {
  const possible = networkModes.flatMap((mode) => shownPath(mode) ?? []);
  if (operands.length === 0) return possible;
  const words = possible.map(({ mode }) => mode);
  return [...new Set(operands)].map((word) => {
    const path = possible.find(({ mode }) => mode === word);
    if (path !== undefined) return path;
    const known = networkModes.some((mode) => mode === word);
    throw new Failure(
      'usage',
      known ? `bench cannot set up the mode "${word}" on one machine` : `unknown mode "${word}"`,
      { hint: known ? `Modes: ${words.join(', ')}` : wordHint(word, words, 'Modes') },
    );
  });
}
