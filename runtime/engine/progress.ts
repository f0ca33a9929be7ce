import { addAbortSignal, Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

/** One line of an engine's progress, as far as bench reads it. */
interface ProgressEvent {
  readonly stream?: string;
  readonly status?: string;
  readonly error?: string;
}

/**
 * Follows an engine's progress while it builds, pulls or imports: one JSON document a line. Once its answer
 * has begun, an engine reports an error inside the answer, not by a status or a broken stream.
 * @throws {Error} the engine reports an error, its answer breaks off, or `signal` is aborted. An abort closes
 *   the connection, and the engine then stops its work.
 */
export async function followProgress(
  stream: NodeJS.ReadableStream,
  onLine: (line: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  if (signal !== undefined && stream instanceof Readable) addAbortSignal(signal, stream);
  stream.setEncoding('utf8');
  let rest = '';
  let wrong: string | undefined;
  const hear = (line: string) => {
    const event = parse(line);
    wrong ??= event.error;
    // The classic builder prints what a program writes to stderr in red.
    const words = stripVTControlCharacters(event.stream ?? event.status ?? '').trim();
    if (words !== '') onLine(words);
  };
  for await (const chunk of stream) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(hear);
  }
  hear(rest);
  if (wrong !== undefined) throw Object.assign(new Error(wrong), { statusCode: 500 });
}

/** A line that is no JSON is ignored: the engine's last lines report whether the work was done. */
function parse(line: string): ProgressEvent {
  try {
    const event: unknown = JSON.parse(line);
    return typeof event === 'object' && event !== null ? event : {};
  } catch {
    return {};
  }
}
