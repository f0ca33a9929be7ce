/**
 * A field of /proc/PID/stat by its number in proc(5), from 3 on. Field 2, the command, stands in parentheses and may hold
 * blanks and parentheses itself, so the fields are counted from its end.
 * @returns undefined where the text has no such field.
 */
export function statField(stat: string, number: number): string | undefined {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[number - 3];
}
