/** The same with a capital letter at its begin, as a sentence needs it. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
