/** Time, as an argument of everything that needs it. */
export interface Clock {
  /** Wall-clock time: for names and records, never for durations. */
  now(): Date;
  /** Never goes back; seconds since some instant. */
  monotonicSeconds(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicSeconds: () => performance.now() / 1000,
};
