import type { Request } from './request.ts';

/**
 * What a load agent saw when it asked a service for the first time: one request after the other, on one connection as
 * long as the service kept it.
 */
export interface Survey {
  /** Requests that were sent in the sequence. */
  readonly requests: number;
  /** Complete answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests without a complete answer. */
  readonly failures: number;
  /** The last reason for one, in words. */
  readonly problem?: string;
  /** Connections that the service ended, by the number of answers on each, in order; the first ones. */
  readonly endedAfter: readonly number[];
  /** Most answers on one connection. */
  readonly mostOnOneConnection: number;
  /** The service announced each of these ends with the answer before it. */
  readonly endsAnnounced: boolean;
  /** How answers told their length. */
  readonly framings: readonly Framing[];
  /** Lengths of the bodies of good answers, in bytes. Absent: there was none. */
  readonly bodyBytes?: { readonly least: number; readonly most: number };
  /** The answer's Content-Encoding, as requested. Absent: it has none. */
  readonly encoding?: string;
  /** What `Accept-Encoding: gzip` changes. Absent: nothing, or the request has such a header of its own. */
  readonly compressed?: { readonly encoding: string; readonly bodyBytes: number };
  /** Where a redirect leads. */
  readonly location?: string;
  /** What an answer with status 429 or 503 said in Retry-After. */
  readonly retryAfter?: string;
  readonly serverHeader?: string;
  /** How long the service lets a connection rest before it ends it, seconds: announced or seen. Absent: neither. */
  readonly restSeconds?: number;
  /** Median latency of all good answers, and how it changed. Absent: there was none. */
  readonly latency?: {
    readonly medianSeconds: number;
    /** The same of the first and of the last tenth. Absent: there were fewer than `fewestForTenths` answers. */
    readonly warmUp?: { readonly firstSeconds: number; readonly lastSeconds: number };
  };
}

/** How an answer tells where its body ends: by Content-Length, in chunks, or by the end of the connection. */
export type Framing = 'length' | 'chunked' | 'close';

const fewestForTenths = 50;

export interface SurveyOrder {
  readonly url: string;
  /** What is requested there. Its path is that of the URL. */
  readonly request: Request;
  /** At most this many in the sequence. */
  readonly requests: number;
  /** The sequence is spread over this time. */
  readonly spreadSeconds: number;
  /** The last connection rests at most this long, to see whether the service ends it. */
  readonly restSeconds: number;
  /** Everything ends after this long. */
  readonly withinSeconds: number;
}

/**
 * The usual survey of a service: as many requests as show that nginx ends a connection after 1,000, in a time in which
 * a service that warms up gets faster, at no more load than 400 requests/s.
 */
export function usualSurvey(url: string, request: Request): SurveyOrder {
  return { url, request, requests: 1_100, spreadSeconds: 2.75, restSeconds: 2.75, withinSeconds: 6 };
}

/** Medians of a sequence of latencies, which are in the order of their answers. */
export function latenciesOf(seconds: readonly number[]): Pick<Survey, 'latency'> {
  const medianSeconds = median(seconds);
  if (medianSeconds === undefined) return {};
  const tenth = Math.ceil(seconds.length / 10);
  const firstSeconds = median(seconds.slice(0, tenth));
  const lastSeconds = median(seconds.slice(-tenth));
  const few = seconds.length < fewestForTenths || firstSeconds === undefined || lastSeconds === undefined;
  return { latency: { medianSeconds, ...(few ? {} : { warmUp: { firstSeconds, lastSeconds } }) } };
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
