import { Failure } from '../model/failure.ts';
import type { Request } from '../model/request.ts';
import type { Options } from './options.ts';

/** Values of headers that bench keeps out of everything that it writes, by the header's name. */
export type HeaderValues = Readonly<Record<string, string>>;

/** Names of headers whose values are secrets as a rule: Authorization, Cookie, X-Api-Key, X-CSRF-Token. */
const secretNames = /auth|cookie|token|secret|key|passw|session|credential|signature/i;

/** A header as an option has it. Without a colon it is a name alone, and has no value. */
export function headerOf(text: string): readonly [name: string, value?: string] {
  const at = text.indexOf(':');
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1).trim()];
}

/**
 * Takes the values of secret headers out of a source's options. Of each of these headers the options keep the name
 * alone: whatever is made of them has no secret to show.
 */
export function withoutSecrets<Some extends Options>(
  options: Some,
): { readonly options: Some; readonly secrets: HeaderValues } {
  if (options.headers === undefined) return { options, secrets: {} };
  const secrets: [string, string][] = [];
  const headers = options.headers.map((text) => {
    const [name, value] = headerOf(text);
    if (value === undefined || !secretNames.test(name)) return text;
    secrets.push([name, value]);
    return name;
  });
  return { options: { ...options, headers }, secrets: Object.fromEntries(secrets) };
}

/** The environment variable that has the value of a header given by its name alone: X_API_KEY for X-Api-Key. */
function headerVariable(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '_');
}

/**
 * The values of the headers that a request only names.
 * @param given those that were given beside their names.
 * @throws {Failure} usage: a variable is missing, or its value cannot be sent in a header. No message has the value.
 */
export function secretHeaderValues(
  { secretHeaders = [] }: Pick<Request, 'secretHeaders'>,
  given: HeaderValues,
  env: Readonly<Record<string, string | undefined>>,
): HeaderValues {
  const values = secretHeaders.map((name): [string, string] => {
    const variable = headerVariable(name);
    const value = given[name] ?? env[variable]?.trim();
    if (value === undefined || value === '') {
      throw new Failure('usage', `--header ${name}: the variable ${variable} has no value`, {
        hint: `A header given by its name alone takes its value from there: ${variable}='…'. A value that is no secret: --header '${name}: …'.`,
      });
    }
    if (!/^[\t -~]*$/.test(value)) {
      throw new Failure('usage', `--header ${name}: the value of ${variable} cannot be sent in a header`, {
        hint: 'It may have the printable characters of ASCII, and no line break.',
      });
    }
    return [name, value];
  });
  return Object.fromEntries(values);
}
