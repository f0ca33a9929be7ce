import * as z from 'zod';

export const arrivalKinds = ['poisson', 'uniform'] as const;
export type ArrivalKind = (typeof arrivalKinds)[number];

export const arrivalKindSchema = z
  .enum(arrivalKinds)
  .describe(
    'When requests fall due. poisson: independently of each other, as those of many clients do. uniform: at equal intervals.',
  );

/** When the requests of an open loop fall due. Orders with one seed have the same gaps, window for window. */
export interface ArrivalOrder {
  readonly kind: ArrivalKind;
  /** 32 bits. */
  readonly seed: number;
}
