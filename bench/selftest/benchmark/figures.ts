/** One stretch of load on keep-alive connections. */
export interface Stretch {
  readonly url: string;
  readonly connections: number;
  /** A whole number: wrk accepts no other. */
  readonly seconds: number;
}

/** The figures of the load generator in one stretch. Not every load generator reports all of them. */
export interface Figures {
  readonly requestsPerSecond: number;
  /** CPU time of the load generator's process, microseconds. */
  readonly cpuUsPerRequest: number;
  readonly medianUs?: number;
  /** Share of the time under load that garbage collection took. */
  readonly garbageShare?: number;
}
