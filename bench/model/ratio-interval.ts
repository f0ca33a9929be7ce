import * as z from 'zod';

/** A ratio with its interval, as all data files name them. */
export interface RatioInterval {
  readonly ratio: number;
  readonly ratioLow: number;
  readonly ratioHigh: number;
}

/** The fields of a ratio with its interval in a document. */
export const ratioInterval = {
  ratio: z.number().positive().describe('Contender over baseline.'),
  ratioLow: z.number().nonnegative().describe('Lower bound of its interval.'),
  ratioHigh: z.number().nonnegative().describe('Upper bound of its interval.'),
};
