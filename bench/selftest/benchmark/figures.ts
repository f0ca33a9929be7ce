/** One stretch of load on keep-alive connections. */
export interface Stretch {
  readonly url: string;
  readonly connections: number;
  /** A whole number: wrk takes no other. */
  readonly seconds: number;
}

/** What a stretch shows of the load generator. Not each of them can say everything. */
export interface Figures {
  readonly requestsPerSecond: number;
  /** CPU time of the load generator's process, microseconds. */
  readonly cpuUsPerRequest: number;
  readonly medianUs?: number;
  /** Share of the time under load in which garbage was collected. */
  readonly garbageShare?: number;
}
