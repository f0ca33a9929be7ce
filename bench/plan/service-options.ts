import { Failure } from '../model/failure.ts';
import { pathOf } from '../model/path.ts';
import type { Comparison, LeftOut } from '../model/plan.ts';
import { present } from '../model/present.ts';
import type { Request } from '../model/request.ts';
import type { Mount, Service } from '../model/service.ts';
import { type Options, planDefaults } from './options.ts';

/** The options of the user's service. Without a service none of them means anything. */
export const serviceKeys = [
  'name',
  'port',
  'portVariable',
  'environment',
  'mounts',
  'command',
  'user',
  'pull',
  'requestPath',
  'method',
  'headers',
  'requestBody',
  'expectedStatus',
  'readyPath',
  'readySeconds',
] as const satisfies readonly (keyof Options)[];
export type ServiceKey = (typeof serviceKeys)[number];

type Given = <K extends ServiceKey>(key: K) => Options[K];

/**
 * The service that the options describe.
 * @throws {Failure} usage: its port is unknown.
 */
export function serviceOf(image: string, given: Given): Service {
  const port = given('port');
  if (port === undefined) {
    throw new Failure('usage', `--image ${image}: on which port does it listen?`, {
      hint: 'Give the port inside the container, such as --port 8080.',
    });
  }
  const command = given('command');
  return {
    name: given('name') ?? nameOf(image),
    image,
    port,
    environment: given('environment') ?? [],
    mounts: (given('mounts') ?? []).map(mountOf),
    ...(command === undefined ? {} : { command: typeof command === 'string' ? wordsOf(command) : command }),
    ...present({ portVariable: given('portVariable'), user: given('user') }),
    pull: given('pull') ?? planDefaults.pull,
    readyPath: given('readyPath') ?? pathGiven(given),
    readySeconds: given('readySeconds') ?? planDefaults.readySeconds,
  };
}

/** Headers that the load agent sends itself, each with what they follow from. */
const agentsHeaders: Readonly<Record<string, string>> = {
  connection: 'bench keeps connections open as long as the service does',
  'content-length': 'its value is the length of --request-body',
  'transfer-encoding': '--request-body is sent with its length, not in chunks',
  upgrade: 'bench speaks HTTP/1.1 only',
};

/**
 * What is asked of the service.
 * @throws {Failure} usage: a header that is bench's to send, or one that is given twice.
 */
export function requestOf(given: Given): Request {
  const body = given('requestBody');
  assertHeaders((given('headers') ?? []).map(headerOf));
  return {
    method: given('method') ?? (body === undefined ? 'GET' : 'POST'),
    path: pathGiven(given),
    headers: Object.fromEntries((given('headers') ?? []).map(headerOf)),
    ...present({ body, expectedStatus: given('expectedStatus') }),
  };
}

/** Paths on which only bench's own servers can be measured. */
export function assertServable(image: string, comparisons: readonly Comparison[]): void {
  const native = comparisons
    .flatMap(({ contenders }) => contenders)
    .find((it) => pathOf(it).mode === 'native');
  if (native === undefined) return;
  throw new Failure('usage', `${native} cannot be measured with --image ${image}: it is a plain process`, {
    hint: 'bench starts only its own nginx and Apache without a container. Leave out this path.',
  });
}

/** What a set of paths measures of a service: all but plain processes. */
export function withoutNative(comparisons: readonly Comparison[]): {
  readonly comparisons: Comparison[];
  readonly leftOut: LeftOut[];
} {
  const isNative = (path: string) => pathOf(path).mode === 'native';
  return {
    comparisons: comparisons.map(({ baseline, contenders }) => ({
      baseline,
      contenders: contenders.filter((path) => !isNative(path)),
    })),
    leftOut: comparisons
      .flatMap(({ contenders }) => contenders.filter(isNative))
      .map((path) => ({ path, reason: 'bench starts only its own servers without a container' })),
  };
}

function pathGiven(given: Given): string {
  return given('requestPath') ?? '/';
}

/** The last part of an image's name: `registry:5000/my/app:1.2@sha256:…` → `app`. */
function nameOf(image: string): string {
  const last = image.replace(/@.*$/, '').split('/').at(-1) ?? image;
  return last.replace(/:.*$/, '');
}

/** `source:target`, with `:rw` where the container may write. */
function mountOf(text: string): Mount {
  const [, source = '', target = '', access] = /^([^:]+):([^:]+)(?::(ro|rw))?$/.exec(text) ?? [];
  return { source, target, writable: access === 'rw' };
}

function headerOf(text: string): readonly [string, string] {
  const at = text.indexOf(':');
  return [text.slice(0, at), text.slice(at + 1).trim()];
}

function assertHeaders(headers: readonly (readonly [name: string, value: string])[]): void {
  const names = headers.map(([name]) => name.toLowerCase());
  for (const [index, [name]] of headers.entries()) {
    const why = agentsHeaders[name.toLowerCase()];
    if (why !== undefined) {
      throw new Failure('usage', `--header: ${name} is sent by bench itself: ${why}`, {
        hint: 'Leave out this header.',
      });
    }
    if (names.indexOf(name.toLowerCase()) !== index) {
      throw new Failure('usage', `--header: ${name} is given twice`, {
        hint: 'Give it once, with its values separated by commas.',
      });
    }
  }
}

/** Words as a shell splits them, with '…' and "…" around spaces. Nothing else of a shell's language is read. */
function wordsOf(command: string): string[] {
  const words = command.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single));
}
