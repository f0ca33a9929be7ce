import { Failure } from '../model/failure.ts';
import { present } from '../model/present.ts';

/**
 * Work that measures nothing. Its failure leaves no partial run and no failed case: it means that the machine
 * does not fit.
 * @throws {Failure} of any kind but `partial` and `casesFailed`: those become `unfit`.
 */
export async function asUnfit<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Failure) || (error.kind !== 'partial' && error.kind !== 'casesFailed'))
      throw error;
    throw new Failure('unfit', error.message, {
      ...present({ hint: error.hint }),
      cause: error,
    });
  }
}
