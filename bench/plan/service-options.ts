import type { Composed, Copied, Described } from '../model/described.ts';
import { Failure } from '../model/failure.ts';
import { type PathId, pathOf } from '../model/path.ts';
import type { Comparison, LeftOut } from '../model/plan.ts';
import { present } from '../model/present.ts';
import type { Request } from '../model/request.ts';
import { type Mount, repositoryOf, type Service } from '../model/service.ts';
import { shellWords } from '../model/shell-words.ts';
import { type Options, planDefaults } from './options.ts';
import { headerOf } from './secret-headers.ts';

/** The options of the user's service. Without a service none of them means anything. */
export const serviceKeys = [
  'composeService',
  'copy',
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
  return described(image, port, given);
}

function described(image: string, port: number, given: Given): Service {
  const command = given('command');
  return {
    name: given('name') ?? nameOf(image),
    image,
    port,
    environment: given('environment') ?? [],
    mounts: (given('mounts') ?? []).map(mountOf),
    ...(command === undefined
      ? {}
      : { command: typeof command === 'string' ? shellWords(command) : command }),
    ...present({ portVariable: given('portVariable'), user: given('user') }),
    pull: given('pull') ?? planDefaults.pull,
    readyPath: given('readyPath') ?? pathGiven(given),
    readySeconds: given('readySeconds') ?? planDefaults.readySeconds,
  };
}

/**
 * The service of a Compose file, as the user's own options change it.
 * @throws {Failure} usage: its port is unknown.
 */
export function composedService(composed: Composed, given: Given): Service {
  const { file, service, others, differences, environment } = composed;
  return {
    ...describedService(composed, { option: `--compose ${file}`, name: service }, given),
    compose: {
      file,
      service,
      variables: Object.keys(environment),
      others: [...others],
      differences: [...differences],
    },
  };
}

/**
 * A service that is a copy of a container, as the user's own options change it.
 * @throws {Failure} usage: its port is unknown, or container and copy would write to the same place.
 */
export function copiedService(copied: Copied, given: Given): Service {
  const { container, differences, environment } = copied;
  const option = `--container ${container}`;
  const service = describedService(copied, { option, name: container }, given);
  const shared = copied.mounts.find((mount) => mount.writable && service.mounts.includes(mount));
  if (shared !== undefined) {
    const { source, target } = shared;
    throw new Failure(
      'usage',
      `${option} writes to ${source} at ${target}, and its copies would write there too`,
      {
        hint: `Give the copies a place of their own: --mount OTHER:${target}:rw. Or let them only read: --mount ${source}:${target}.`,
      },
    );
  }
  return {
    ...service,
    copy: { container, variables: Object.keys(environment), differences: [...differences] },
  };
}

/** @param from the option that names the described service, and its name. */
function describedService(
  it: Described,
  from: { readonly option: string; readonly name: string },
  given: Given,
): Service {
  const [only, ...more] = it.ports;
  const port = given('port') ?? (more.length === 0 ? only : undefined);
  if (port === undefined) {
    const declared = it.ports.length === 0 ? 'no port' : `the ports ${it.ports.join(', ')}`;
    throw new Failure(
      'usage',
      `${from.option}: on which port does ${from.name} answer? It declares ${declared}`,
      {
        hint: `Give the port inside the container, such as --port ${only ?? 8080}.`,
      },
    );
  }
  const mounts = (given('mounts') ?? []).map(mountOf);
  const targets = mounts.map(({ target }) => target);
  return {
    ...present({ command: it.command && [...it.command], user: it.user }),
    ...described(it.image, port, given),
    name: given('name') ?? from.name,
    mounts: [...it.mounts.filter(({ target }) => !targets.includes(target)), ...mounts],
    ...present({ settings: it.settings }),
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
 * What is asked of the service. A header given by its name alone has its value elsewhere (`secretHeaderValues`).
 * @throws {Failure} usage: a header that is bench's to send, or one that is given twice.
 */
export function requestOf(given: Given): Request {
  const body = given('requestBody');
  const headers = (given('headers') ?? []).map(headerOf);
  assertHeaders(headers.map(([name]) => name));
  const secretHeaders = headers.filter(([, value]) => value === undefined).map(([name]) => name);
  return {
    method: given('method') ?? (body === undefined ? 'GET' : 'POST'),
    path: pathGiven(given),
    headers: Object.fromEntries(
      headers.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    ...(secretHeaders.length === 0 ? {} : { secretHeaders }),
    ...present({ body, expectedStatus: given('expectedStatus') }),
  };
}

/** The modes in which a service of a Compose file finds the others by their names. */
export const composeModes = ['host', 'user-bridge'] as const;

/** Why a service cannot be measured on a path. `undefined` if it can. */
function unservable(path: PathId, { compose }: Service): string | undefined {
  const { mode } = pathOf(path);
  if (mode === 'native') return 'bench starts only its own servers without a container';
  if (compose === undefined || composeModes.some((it) => it === mode)) return undefined;
  return mode === 'bridge'
    ? "bridge is Docker's default bridge, and Compose uses none of it"
    : `Compose starts nothing in the mode ${mode}`;
}

/** @throws {Failure} usage: a path on which a service cannot be measured. */
export function assertServable(service: Service, comparisons: readonly Comparison[]): void {
  const { image, compose, copy } = service;
  for (const path of comparisons.flatMap(({ contenders }) => contenders)) {
    const why = unservable(path, service);
    if (why === undefined) continue;
    const own = copy === undefined ? `--image ${image}` : `--container ${copy.container}`;
    const subject = compose === undefined ? own : `--compose ${compose.file}`;
    throw new Failure('usage', `${path} cannot be measured with ${subject}: ${why}`, {
      hint:
        compose === undefined
          ? 'Leave out this path.'
          : `Measure the network that Compose makes, which is a bridge too: --mode ${composeModes.join(',')}`,
    });
  }
}

/** What a set of paths measures of a service: those on which it can be. */
export function servableOf(
  service: Service,
  comparisons: readonly Comparison[],
): { readonly comparisons: Comparison[]; readonly leftOut: LeftOut[] } {
  return {
    comparisons: comparisons.map(({ baseline, contenders }) => ({
      baseline,
      contenders: contenders.filter((path) => unservable(path, service) === undefined),
    })),
    leftOut: comparisons
      .flatMap(({ contenders }) => contenders)
      .flatMap((path) => {
        const reason = unservable(path, service);
        return reason === undefined ? [] : [{ path, reason }];
      }),
  };
}

function pathGiven(given: Given): string {
  return given('requestPath') ?? '/';
}

/** The last part of an image's name: `registry:5000/my/app:1.2@sha256:…` → `app`. */
function nameOf(image: string): string {
  return repositoryOf(image).split('/').at(-1) ?? image;
}

/** `source:target`, with `:rw` where the container may write. */
function mountOf(text: string): Mount {
  const [, source = '', target = '', access] = /^([^:]+):([^:]+)(?::(ro|rw))?$/.exec(text) ?? [];
  return { source, target, writable: access === 'rw' };
}

function assertHeaders(given: readonly string[]): void {
  const names = given.map((name) => name.toLowerCase());
  for (const [index, name] of given.entries()) {
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
