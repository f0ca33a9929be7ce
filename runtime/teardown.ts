/**
 * Undoes what was done, in reverse order. A step that fails does not stop the others. All errors are reported
 * together at the end. (It replaces AsyncDisposableStack, which Node 20 does not have.)
 */
export class Teardown implements AsyncDisposable {
  #steps: (() => Promise<unknown>)[] = [];

  defer(step: () => Promise<unknown>): void {
    this.#steps.push(step);
  }

  /** Hands the steps to a new owner, so that leaving the scope that made them undoes nothing. */
  move(): Teardown {
    const moved = new Teardown();
    moved.#steps = this.#steps;
    this.#steps = [];
    return moved;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const errors: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      await step().catch((error: unknown) => errors.push(error));
    }
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, 'several steps of the clean-up failed');
  }
}
