/**
 * A number as a user writes it, with a unit where the option has some: `5m` is 5 × units.m. The same in a flag, a variable and
 * a config. What is no such text is given back as it is.
 * @param units what one of each is worth.
 */
export function numberOf(value: unknown, units: Readonly<Record<string, number>> = {}): unknown {
  const [, number, unit = ''] =
    /^(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*([a-z%]*)$/i.exec(String(value).trim()) ?? [];
  if (typeof value !== 'string' || number === undefined) return value;
  if (unit === '') return Number(number);
  const worth = units[unit];
  return worth === undefined ? value : Number((Number(number) * worth).toPrecision(12));
}
