import { Failure } from './failure.ts';
import { formatCount, formatSeconds } from './format.ts';
import { oneLine } from './printable.ts';
import { isExpectedStatus, type Request } from './request.ts';
import type { Survey } from './survey.ts';
import type { Warning } from './warning.ts';

/** What was asked in a survey. */
type Asked = Pick<Request, 'method' | 'path' | 'expectedStatus'>;

/** Statuses with which a service refuses requests that come too fast, or while it is overloaded. */
const refusals = ['429', '503'];

/**
 * What about a service keeps it from being measured, whatever the path; `undefined` if nothing does. Everything else
 * that is unusual is a warning.
 */
export function surveyObstacle(survey: Survey, asked: Asked): Failure | undefined {
  if (goodAnswers(survey, asked) > 0) return undefined;
  const { statuses, location } = survey;
  const what = `${asked.method} ${asked.path}`;
  const [status] = Object.entries(statuses).toSorted(([, a], [, b]) => b - a)[0] ?? [];
  if (status === undefined) return unanswered(survey, what);
  const answered = `${what} is answered with status ${status}, not ${asked.expectedStatus ?? '2xx'}`;
  const asItIs = status.startsWith('5')
    ? undefined
    : `If that is a good answer of your service: --expect-status ${status}.`;
  if (refusals.includes(status)) {
    return new Failure('unfit', `${answered}${retryWords(survey)}: the service refuses bench's requests`, {
      hint: 'Switch its rate limit off while it is measured, or exempt the address of bench from it.',
    });
  }
  if (location !== undefined) {
    const there = oneLine(location);
    return new Failure('unfit', `${answered}: it redirects to ${there}, and bench follows no redirect`, {
      hint: `${redirectHint(there)}\n${asItIs}`,
    });
  }
  const hint = statusHints[status] ?? (status.startsWith('5') ? statusHints['500'] : undefined);
  return new Failure('unfit', answered, { hint: [hint, asItIs].filter((it) => it !== undefined).join(' ') });
}

const statusHints: Readonly<Record<string, string>> = {
  '400':
    'Look at what it expects: --header, --request-body and --method say what is sent. A port that speaks TLS only: --tls.',
  '401': 'Send credentials: --header Authorization, with the value in the variable AUTHORIZATION.',
  '403':
    "Send credentials (--header Authorization, with the value in the variable AUTHORIZATION), or the name that it serves: --header 'Host: …'.",
  '404': 'Name a path that it serves: --request-path /….',
  '405': 'Name a method that it allows there: --method.',
  '415': "Say what the body is: --header 'Content-Type: application/json'.",
  '500': 'Its log says why; it may lack a service that it needs.',
};

function redirectHint(location: string): string {
  // What comes from the service is shown as a command only where a shell takes it as it is.
  if (/^\/[\w%+=:,./-]*$/.test(location)) return `Ask for where it leads: --request-path ${location}`;
  if (location.startsWith('/')) return 'Ask for where it leads, with --request-path.';
  return "If it leads to the service's own name, send that name: --header 'Host: …'. If it leads to https: --tls, with the port on which the service speaks TLS.";
}

function unanswered({ requests, problem = 'no answer' }: Survey, what: string): Failure {
  if (/\b(EPROTO|SSL|TLS)\b/i.test(problem)) {
    return new Failure('unfit', `${what}: no TLS connection came about (${oneLine(problem)})`, {
      hint: 'If the service speaks plain HTTP on this port, leave out --tls. If it speaks TLS on another one, name that: --port.',
    });
  }
  if (problem.includes('not HTTP/1.1')) {
    return new Failure('unfit', `bench cannot read the answer to ${what}: ${oneLine(problem)}`, {
      hint: 'bench measures services that speak HTTP/1.1. If this port speaks TLS: --tls. If it speaks only HTTP/2 or gRPC, name the port of HTTP/1.1: --port.',
    });
  }
  const all = requests === 1 ? 'the request' : `none of ${formatCount(requests)} requests`;
  const ended = requests === 1 ? 'had no complete answer' : 'had a complete answer';
  return new Failure('unfit', `${what}: ${all} ${ended} (${oneLine(problem)})`, {
    hint: "Look at the service's log. A service that answers more slowly than in 2 s cannot be measured.",
  });
}

/** What is unusual about a service that can be measured, each with what it means and what can be done about it. */
export function surveyWarnings(survey: Survey, asked: Asked): readonly Warning[] {
  if (surveyObstacle(survey, asked) !== undefined) return [];
  return [ends, rest, framing, sizes, compression, wrongStatuses, failures, warmUp, slowness].flatMap(
    (rule) => {
      const warning = rule(survey, asked);
      return warning === undefined ? [] : [warning];
    },
  );
}

/** Lines that were written to a log count as the requests' own if there are this many for each. */
const linesPerRequest = 0.5;

/**
 * The service writes lines for the requests of a survey. The engine takes each line from it and stores it.
 * @param lines written since the service was started, as far as they were counted.
 */
export function loggedRequests({ requests }: Pick<Survey, 'requests'>, lines: number): Warning | undefined {
  if (requests < 20 || lines < requests * linesPerRequest) return undefined;
  return {
    code: 'service-logs-requests',
    message: `The service wrote at least ${formatCount(lines)} lines to its log for ${formatCount(requests)} requests. The engine stores each of them: that is a part of the CPU time and of the latency that bench measures, in every mode.`,
    hint: 'If it logs less where it serves your users, let it do so here: its access log off, or a higher log level with --env.',
  };
}

/** The engine runs a program in each container of the service, again and again. @param seconds between two checks. */
export function healthChecked(image: string, seconds: number): Warning {
  return {
    code: 'service-health-check',
    message: `The image has a HEALTHCHECK: the engine runs it in each container of the service, every ${Number(seconds.toPrecision(3))} s. Its CPU time is counted as the service's, in every mode, and it takes CPU from slices at random moments.`,
    hint: `To measure without it, name an image that has none: printf 'FROM ${image}\\nHEALTHCHECK NONE\\n' | docker build -t without-health-check -`,
  };
}

type Rule = (survey: Survey, asked: Asked) => Warning | undefined;

/** The service ends its connections after some answers. */
const ends: Rule = ({ endedAfter, endsAnnounced, framings, serverHeader }, { method }) => {
  const [first] = endedAfter;
  if (first === undefined || framings.includes('close')) return undefined;
  const [least, most] = [Math.min(...endedAfter), Math.max(...endedAfter)];
  const often = least === most ? answerWords(least) : `${formatCount(least)} to ${formatCount(most)} answers`;
  const silent = endsAnnounced
    ? ''
    : method === 'GET' || method === 'HEAD'
      ? ' It does not announce these ends: a request that crosses one is sent again.'
      : ` It does not announce these ends: a ${method} that crosses one is lost, and its slice does not count.`;
  return {
    code: 'service-ends-connections',
    message: `The service ends each connection after ${often}. It is measured with that: bench connects again each time, and the time of connecting is in its figures, as it is in what your clients see.${silent}`,
    hint: endsHint(serverHeader, least === most ? least : undefined),
  };
};

/** Connections of a case rest about as long while other cases are measured. */
const usualRestSeconds = 3;

/** The service ends connections that rest. */
const rest: Rule = ({ restSeconds, serverHeader }) => {
  if (restSeconds === undefined || restSeconds > usualRestSeconds) return undefined;
  return {
    code: 'service-ends-resting-connections',
    message: `The service ends a connection that rests for ${formatSeconds(restSeconds)}. Connections rest while other cases are measured. They are opened again in the ramp of the next slice, on every path alike.`,
    hint: keeperOf(serverHeader)?.resting ?? 'To keep connections open, let the service wait for a minute.',
  };
};

/** How a server is told to keep its connections. */
interface Keeper {
  /** The name that it gives itself. */
  readonly name: RegExp;
  /** Answers after which it ends a connection unless it is told otherwise. */
  readonly usual: number;
  readonly advice: string;
  /** What lets a connection rest. */
  readonly resting?: string;
}

const keepers: readonly Keeper[] = [
  {
    name: /^(nginx|openresty|tengine)/i,
    usual: 1000,
    advice: 'In nginx, `keepalive_requests 1000000;` takes this out of the measurement.',
  },
  {
    name: /^apache/i,
    usual: 100,
    advice: 'In Apache, `MaxKeepAliveRequests 0` takes this out of the measurement.',
  },
  {
    name: /^gunicorn/i,
    usual: 1,
    advice: "Gunicorn's default workers keep no connection; others do: `--worker-class gthread --threads 4`.",
    resting: 'To keep connections open, start gunicorn with `--keep-alive 75`.',
  },
  {
    name: /^(werkzeug|basehttp|simplehttp|wsgiserver)/i,
    usual: 1,
    advice: 'This server is meant for development: measure the one that serves your users.',
  },
];

function keeperOf(serverHeader: string | undefined): Keeper | undefined {
  return keepers.find(({ name }) => serverHeader !== undefined && name.test(serverHeader));
}

/**
 * By the name of the server. One that hides it may be known by the number: of two servers with one usual number, none is
 * named.
 */
function endsHint(serverHeader: string | undefined, after: number | undefined): string {
  const named = keeperOf(serverHeader);
  const usual = after === 1 ? [] : keepers.filter((it) => it.usual === after);
  const keeper = named ?? (serverHeader === undefined && usual.length === 1 ? usual[0] : undefined);
  if (keeper !== undefined) return keeper.advice;
  if (after === 1)
    return 'To take this out of the measurement, let the service keep its connections (HTTP keep-alive).';
  return 'To take this out of the measurement, raise the limit of requests on one connection in the configuration of the service.';
}

function answerWords(count: number): string {
  return count === 1 ? 'one answer' : `${formatCount(count)} answers`;
}

/** Answers that do not say how long they are. */
const framing: Rule = ({ framings, serverHeader }) => {
  if (framings.includes('close')) {
    return {
      code: 'service-answers-without-length',
      message:
        'Answers of the service have no length: each ends with its connection. Every request needs a new one, and is measured with the time of connecting.',
      hint: `Let the service send a Content-Length, or answer in chunks. ${endsHint(serverHeader, 1)}`,
    };
  }
  if (!framings.includes('chunked')) return undefined;
  return {
    code: 'service-answers-in-chunks',
    message:
      "Answers of the service come in chunks, without a length. The load agent has to parse each of them, which costs its own CPU more time than answers that are alike; the service's figures do not contain it.",
    hint: 'Nothing needs to be done. Where the load agent is the limit of the throughput, the report says so; answers with a Content-Length need less of it.',
  };
};

/** Differences of a few bytes, e.g. of a time stamp, do not matter. */
const sizesDiffer = { ratio: 1.1, bytes: 100 };

const sizes: Rule = ({ bodyBytes }) => {
  if (bodyBytes === undefined) return undefined;
  const { least, most } = bodyBytes;
  if (most <= least * sizesDiffer.ratio || most - least <= sizesDiffer.bytes) return undefined;
  return {
    code: 'service-answers-vary',
    message: `Bodies of the answers have ${formatCount(least)} to ${formatCount(most)} bytes. All paths get the same mixture, so the comparison stays fair, but its intervals become wider.`,
    hint: 'Ask for something that always gives the same answer, with --request-path or --request-body, if it need not be this.',
  };
};

const compression: Rule = ({ compressed, bodyBytes }) => {
  if (compressed === undefined || bodyBytes === undefined) return undefined;
  const { encoding, bodyBytes: packed } = compressed;
  return {
    code: 'service-compresses',
    message: `The service compresses its answers for clients that ask for it: ${formatCount(packed)} bytes (${oneLine(encoding)}) instead of ${formatCount(bodyBytes.most)}. bench does not ask for it.`,
    hint: "If your clients do, as browsers and most proxies do: --header 'Accept-Encoding: gzip'.",
  };
};

/** Some answers have another status than the others. */
const wrongStatuses: Rule = (survey, asked) => {
  const wrong = Object.entries(survey.statuses).filter(
    ([status]) => !isExpectedStatus(Number(status), asked.expectedStatus),
  );
  const [most] = wrong.toSorted(([, a], [, b]) => b - a);
  if (most === undefined) return undefined;
  const [status, count] = most;
  const seen = `${formatCount(count)} of ${formatCount(survey.requests)} answers had status ${status}`;
  if (refusals.includes(status)) {
    return {
      code: 'service-limits-rate',
      message: `${seen}${retryWords(survey)}: the service limits its rate. A slice with such an answer does not count, and most slices send requests faster than this survey.`,
      hint: 'Switch its rate limit off while it is measured, or exempt the address of bench from it.',
    };
  }
  return {
    code: 'service-fails-at-times',
    message: `${seen}, not ${asked.expectedStatus ?? '2xx'}. A slice with such an answer does not count.`,
    hint: "Look at the service's log.",
  };
};

const failures: Rule = ({ failures: count, requests, problem = 'unknown' }) =>
  count === 0
    ? undefined
    : {
        code: 'service-fails-at-times',
        message: `${formatCount(count)} of ${formatCount(requests)} requests had no complete answer (${oneLine(problem)}). A slice with such a request does not count.`,
        hint: "Look at the service's log.",
      };

/** Below this, a difference may be the load agent's own warming up. */
const leastWarmUp = { ratio: 1.5, seconds: 1e-3 };

const warmUp: Rule = ({ latency, requests }) => {
  if (latency?.warmUp === undefined) return undefined;
  const { firstSeconds, lastSeconds } = latency.warmUp;
  const faster = firstSeconds - lastSeconds > leastWarmUp.seconds;
  if (!faster || firstSeconds <= lastSeconds * leastWarmUp.ratio) return undefined;
  return {
    code: 'service-warms-up',
    message: `The service became faster while bench asked: from ${formatSeconds(firstSeconds)} to ${formatSeconds(lastSeconds)} in ${formatCount(requests)} requests. Each round starts it anew, so its figures are those of a service that still warms up.`,
    hint: 'Name a path that answers only when the service is warm (--ready-path), or give each slice more time (--slice-seconds 2).',
  };
};

/** A slice has room for few requests that take longer than this. */
const slowSeconds = 0.1;
/** So many answers of one connection make a slice that says something. */
const answersPerSlice = 10;

const slowness: Rule = ({ latency }) => {
  if (latency === undefined || latency.medianSeconds <= slowSeconds) return undefined;
  const seconds = Math.ceil(latency.medianSeconds * answersPerSlice);
  return {
    code: 'service-is-slow',
    message: `An answer of the service takes ${formatSeconds(latency.medianSeconds)}. A slice is too short for many of them, and one that takes longer than a slice is a timeout.`,
    hint: `Give slices more time: --slice-seconds ${seconds}.`,
  };
};

function retryWords({ retryAfter }: Survey): string {
  return retryAfter === undefined ? '' : ` (Retry-After: ${oneLine(retryAfter)})`;
}

function goodAnswers({ statuses }: Survey, asked: Asked): number {
  const good = Object.entries(statuses).filter(([status]) =>
    isExpectedStatus(Number(status), asked.expectedStatus),
  );
  return good.reduce((sum, [, count]) => sum + count, 0);
}
