import { expect, test } from 'vitest';
import { Teardown } from './teardown.ts';

function noting(journal: string[], name: string, error?: Error) {
  return async () => {
    journal.push(name);
    if (error !== undefined) throw error;
  };
}

test('steps are undone last first, each once', async () => {
  const journal: string[] = [];
  const teardown = new Teardown();
  for (const name of ['inspector', 'agent', 'link']) teardown.defer(noting(journal, name));
  await teardown[Symbol.asyncDispose]();
  await teardown[Symbol.asyncDispose]();
  expect(journal).toEqual(['link', 'agent', 'inspector']);
});

test('a step begins when the one before it has ended', async () => {
  const journal: string[] = [];
  const teardown = new Teardown();
  teardown.defer(noting(journal, 'first'));
  teardown.defer(async () => {
    journal.push('second begins');
    await new Promise(setImmediate);
    journal.push('second ends');
  });
  await teardown[Symbol.asyncDispose]();
  expect(journal).toEqual(['second begins', 'second ends', 'first']);
});

test('a step that fails keeps none from running, and is told', async () => {
  const journal: string[] = [];
  const teardown = new Teardown();
  const error = new Error('busy');
  teardown.defer(noting(journal, 'first'));
  teardown.defer(noting(journal, 'second', error));
  teardown.defer(noting(journal, 'third'));
  await expect(teardown[Symbol.asyncDispose]()).rejects.toBe(error);
  expect(journal).toEqual(['third', 'second', 'first']);
});

test('several failures are told together', async () => {
  const teardown = new Teardown();
  const errors = [new Error('one'), new Error('two')];
  for (const error of errors) teardown.defer(noting([], '', error));
  const thrown: unknown = await Promise.resolve(teardown[Symbol.asyncDispose]()).catch((error) => error);
  expect(thrown).toBeInstanceOf(AggregateError);
  expect(thrown instanceof AggregateError && thrown.errors).toEqual(errors.toReversed());
});

test('moved: leaving the scope undoes nothing, the new owner undoes all', async () => {
  const journal: string[] = [];
  let moved: Teardown;
  {
    await using scope = new Teardown();
    scope.defer(noting(journal, 'step'));
    moved = scope.move();
  }
  expect(journal).toEqual([]);
  await moved[Symbol.asyncDispose]();
  expect(journal).toEqual(['step']);
});
