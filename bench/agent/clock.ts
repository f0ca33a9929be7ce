/** Seconds since some instant; never goes back. */
export type MonotonicClock = () => number;

export const monotonicClock: MonotonicClock = () => performance.now() / 1000;
