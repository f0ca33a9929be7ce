import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../model/clock.ts';
import { present } from '../model/present.ts';
import { isExpectedStatus } from '../model/request.ts';
import { type Framing, latenciesOf, type Survey, type SurveyOrder } from '../model/survey.ts';
import { attempting, inWords } from './attempt.ts';

/** A service that fails as often as this without one good answer is asked no more. */
const enoughFailures = 3;
/** So is one that gives as many answers of the wrong status and none of the right one. */
const enoughWrong = 50;
/** Time that the sequence leaves for the request after it. */
const lastSeconds = 0.5;
/** How many ends of connections are reported. */
const mostEnds = 5;

/**
 * Asks a service again and again, at low load, and notes what may surprise whoever measures it. Ends by itself after
 * `withinSeconds`, whatever the service does. Never rejects because of the service.
 */
export async function survey(order: SurveyOrder, clock: Clock['monotonicSeconds']): Promise<Survey> {
  const startedAt = clock();
  const until = startedAt + order.withinSeconds;
  const visitor = openVisitor(order);
  const notes = new Notes(order);
  try {
    for (let sent = 0; sent < order.requests && !notes.hopeless(); sent++) {
      const due = startedAt + (sent * order.spreadSeconds) / order.requests;
      if (due > clock()) await pause((due - clock()) * 1000);
      // A slow service gets fewer requests.
      if (clock() > until - lastSeconds) break;
      const askedAt = clock();
      const visit = await visitor.ask(Math.min(until - askedAt, order.withinSeconds / enoughFailures));
      notes.take(visit, clock() - askedAt);
    }
    const compressed = await compressedAnswer(order, visitor, until - clock());
    const found = notes.survey(visitor.ends());
    const restSeconds =
      found.restSeconds ?? (await visitor.restUntilEnd(Math.min(order.restSeconds, until - clock())));
    return { ...found, ...present({ compressed, restSeconds }) };
  } finally {
    visitor.leave();
  }
}

/** What one request came to. */
type Visit = Answer | Failed;

interface Failed {
  readonly problem: string;
  /** The service ended a connection that it had answered on before: the request may have crossed that end. */
  readonly again?: boolean;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bodyBytes: number;
  readonly framing: Framing;
  readonly problem?: never;
  readonly again?: never;
}

/** One connection at a time, and what became of those before. */
interface Visitor {
  /** A request that the service has not answered before it ended a used connection is sent once more. */
  ask(withinSeconds: number, headers?: Readonly<Record<string, string>>): Promise<Visit>;
  /**
   * Lets the connection rest for a while.
   * @returns how long it rested before the service ended it, seconds; `undefined` if it did not.
   */
  restUntilEnd(withinSeconds: number): Promise<number | undefined>;
  ends(): Pick<Survey, 'endedAfter' | 'endsAnnounced' | 'mostOnOneConnection'>;
  leave(): void;
}

interface Line {
  answers: number;
  /** The service has said that it ends the connection. */
  announced: boolean;
  ended: boolean;
  answeredAtMs: number;
}

function openVisitor({ url, request }: SurveyOrder): Visitor {
  const attempt = attempting(url, request);
  const agent = attempt.keepingOpen();
  const lines = new Map<Socket, Line>();

  function lineOf(socket: Socket): Line {
    const known = lines.get(socket);
    if (known !== undefined) return known;
    const line: Line = { answers: 0, announced: false, ended: false, answeredAtMs: performance.now() };
    lines.set(socket, line);
    socket.once('close', () => {
      line.ended = true;
    });
    return line;
  }

  function ask(withinSeconds: number, more?: Readonly<Record<string, string>>): Promise<Visit> {
    return new Promise((resolve) => {
      const sent = attempt.begin(agent, more);
      let line: Line | undefined;
      sent.once('socket', (socket) => {
        line = lineOf(socket);
      });
      const settle = (visit: Visit) => {
        clearTimeout(timer);
        resolve(visit);
      };
      const seconds = Math.max(0, withinSeconds);
      const timer = setTimeout(() => {
        settle({ problem: `no complete answer within ${seconds.toFixed(1)} s` });
        sent.destroy();
      }, seconds * 1000);
      sent.on('error', (error) => {
        const code = 'code' in error ? error.code : undefined;
        const again = sent.reusedSocket && code === 'ECONNRESET';
        settle({ problem: inWords(error), again });
      });
      sent.on('response', (response) => {
        let bodyBytes = 0;
        response.on('data', (chunk: Buffer) => {
          bodyBytes += chunk.length;
        });
        response.on('error', (error) => settle({ problem: inWords(error) }));
        response.on('end', () => {
          const { statusCode: status = 0 } = response;
          const framing = framingOf(response, request.method);
          if (line !== undefined) {
            line.answers++;
            line.answeredAtMs = performance.now();
            line.announced = framing === 'close' || announcesEnd(response);
          }
          settle({ status, headers: response.headers, bodyBytes, framing });
        });
      });
      sent.end(request.body);
    });
  }

  return {
    async ask(withinSeconds, headers) {
      const visit = await ask(withinSeconds, headers);
      return visit.again === true ? ask(withinSeconds, headers) : visit;
    },
    restUntilEnd(withinSeconds) {
      const [socket, line] = [...lines].at(-1) ?? [];
      if (socket === undefined || line === undefined || line.announced || line.ended || withinSeconds <= 0) {
        return Promise.resolve(undefined);
      }
      return new Promise((resolve) => {
        const timer = setTimeout(() => resolve(undefined), withinSeconds * 1000);
        socket.once('close', () => {
          clearTimeout(timer);
          resolve((performance.now() - line.answeredAtMs) / 1000);
        });
      });
    },
    ends() {
      const all = [...lines.values()];
      const ended = all.filter((line) => line.ended || line.announced).filter((line) => line.answers > 0);
      return {
        endedAfter: ended.slice(0, mostEnds).map((line) => line.answers),
        endsAnnounced: ended.length > 0 && ended.every((line) => line.announced),
        mostOnOneConnection: Math.max(0, ...all.map((line) => line.answers)),
      };
    },
    leave: () => agent.destroy(),
  };
}

function announcesEnd({ headers, httpVersionMinor }: IncomingMessage): boolean {
  const { connection = '' } = headers;
  return /close/i.test(connection) || (httpVersionMinor === 0 && !/keep-alive/i.test(connection));
}

function framingOf({ headers, statusCode }: IncomingMessage, method: string): Framing {
  if (/chunked/i.test(headers['transfer-encoding'] ?? '')) return 'chunked';
  const bodiless = method === 'HEAD' || statusCode === 204 || statusCode === 304;
  return bodiless || headers['content-length'] !== undefined ? 'length' : 'close';
}

/** `Keep-Alive: timeout=5, max=100`, as Apache and Node's own server announce it (RFC 2068, section 19.7.1.1). */
function announcedRest({ 'keep-alive': keepAlive = '' }: IncomingHttpHeaders): number | undefined {
  const [, seconds] = /\btimeout=(\d+)/.exec(String(keepAlive)) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}

/** Collects what the answers of a sequence have in common, and what they do not. */
class Notes {
  readonly #order: SurveyOrder;
  readonly #statuses: Record<string, number> = {};
  readonly #framings = new Set<Framing>();
  readonly #seconds: number[] = [];
  #requests = 0;
  #failures = 0;
  #good = 0;
  #problem: string | undefined;
  #bodyBytes: { readonly least: number; readonly most: number } | undefined;
  #encoding: string | undefined;
  #location: string | undefined;
  #retryAfter: string | undefined;
  #serverHeader: string | undefined;
  #restSeconds: number | undefined;

  constructor(order: SurveyOrder) {
    this.#order = order;
  }

  /** Further requests would show nothing new. */
  hopeless(): boolean {
    return this.#good === 0 && (this.#failures >= enoughFailures || this.#requests >= enoughWrong);
  }

  take(visit: Visit, seconds: number): void {
    this.#requests++;
    if (visit.problem !== undefined) {
      this.#failures++;
      this.#problem = visit.problem;
      return;
    }
    const { status, headers, bodyBytes, framing } = visit;
    this.#statuses[status] = (this.#statuses[status] ?? 0) + 1;
    this.#serverHeader ??= typeof headers.server === 'string' ? headers.server : undefined;
    this.#location ??= status >= 300 && status <= 399 ? headers.location : undefined;
    if (status === 429 || status === 503) this.#retryAfter ??= headers['retry-after'];
    if (!isGood(this.#order, status)) return;
    this.#good++;
    this.#framings.add(framing);
    this.#encoding ??= headers['content-encoding'];
    this.#restSeconds ??= announcedRest(headers);
    const { least, most } = this.#bodyBytes ?? { least: bodyBytes, most: bodyBytes };
    this.#bodyBytes = { least: Math.min(least, bodyBytes), most: Math.max(most, bodyBytes) };
    this.#seconds.push(seconds);
  }

  survey(ends: ReturnType<Visitor['ends']>): Survey {
    return {
      requests: this.#requests,
      statuses: this.#statuses,
      failures: this.#failures,
      ...ends,
      framings: [...this.#framings],
      ...latenciesOf(this.#seconds),
      ...present({
        problem: this.#problem,
        bodyBytes: this.#bodyBytes,
        encoding: this.#encoding,
        location: this.#location,
        retryAfter: this.#retryAfter,
        serverHeader: this.#serverHeader,
        restSeconds: this.#restSeconds,
      }),
    };
  }
}

/** What the service answers to a client that takes compressed answers, where that is something else. */
async function compressedAnswer(
  order: SurveyOrder,
  visitor: Visitor,
  withinSeconds: number,
): Promise<Survey['compressed']> {
  const { headers } = order.request;
  if (withinSeconds <= 0) return undefined;
  if (Object.keys(headers).some((name) => /^accept-encoding$/i.test(name))) return undefined;
  const visit = await visitor.ask(withinSeconds, { 'Accept-Encoding': 'gzip' });
  if (visit.problem !== undefined || !isGood(order, visit.status)) return undefined;
  const encoding = visit.headers['content-encoding'];
  return encoding === undefined ? undefined : { encoding, bodyBytes: visit.bodyBytes };
}

function isGood({ request }: SurveyOrder, status: number): boolean {
  return isExpectedStatus(status, request.expectedStatus);
}
