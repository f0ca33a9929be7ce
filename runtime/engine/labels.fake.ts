/** @param label NAME or NAME=VALUE. */
export function hasLabel(labels: Readonly<Record<string, string>>, label: string): boolean {
  const [name = '', value] = label.split('=');
  return Object.hasOwn(labels, name) && (value === undefined || labels[name] === value);
}
