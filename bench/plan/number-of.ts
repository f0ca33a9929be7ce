/**
 * Reads a number as a user writes it in a flag, a variable or a config, with a unit where the option has
 * units: `5m` is 5 × units.m. Anything else is returned unchanged.
 * @param units the value of each unit.
 */
export function numberOf(value: unknown, units: Readonly<Record<string, number>> = {}): unknown {
  const [, number, unit = ''] =
    /^(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*([a-z%]*)$/i.exec(String(value).trim()) ?? [];
  if (typeof value !== 'string' || number === undefined) return value;
  if (unit === '') return Number(number);
  const worth = units[unit];
  return worth === undefined ? value : Number((Number(number) * worth).toPrecision(12));
}
