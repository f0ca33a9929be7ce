import type * as z from 'zod';
import { fromDataKeys } from '../model/data-keys.ts';

/** A document that a command has printed, or a file of a run, with the keys of the code. */
export function printed<T>(schema: z.ZodType<T>, text: string): T {
  return schema.parse(fromDataKeys(schema)(JSON.parse(text)));
}
