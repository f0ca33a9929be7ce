/**
 * The fields of /proc/PID/stat by their numbers in proc(5), from 3 on. Field 2, the command, is in
 * parentheses and may contain blanks and parentheses itself. The fields are therefore counted from its end.
 * @returns for each number its field; undefined where the text has no such field.
 */
export function statFields(stat: string): (number: number) => string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (number) => fields[number - 3];
}

/** One field of /proc/PID/stat, by its number. */
export function statField(stat: string, number: number): string | undefined {
  return statFields(stat)(number);
}
