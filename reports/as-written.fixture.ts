/** A document as data files have it: numbers with 9 significant digits, whole ones exact. Worked out without the code under test. */
export function asWritten(document: unknown): unknown {
  return JSON.parse(
    JSON.stringify(document, (_, it: unknown) =>
      typeof it === 'number' && !Number.isInteger(it) ? Number(it.toPrecision(9)) : it,
    ),
  );
}
