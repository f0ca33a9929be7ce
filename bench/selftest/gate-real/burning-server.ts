/**
 * The program of a service that burns CPU before each answer where it listens at one port, and nowhere else.
 * @returns the text of an ES module that needs Node alone. Its port comes from the variable PORT.
 */
export function burningServer({ burnUs, atPort }: { readonly burnUs: number; readonly atPort: number }) {
  return `import { createServer } from 'node:http';

const port = Number(process.env.PORT);
const burnMs = port === ${atPort} ? ${burnUs / 1000} : 0;
const body = 'b'.repeat(1024);
createServer((_, response) => {
  const until = performance.now() + burnMs;
  while (performance.now() < until);
  response.end(body);
}).listen(port, '0.0.0.0');
`;
}
