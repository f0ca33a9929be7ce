// Prints the counts of vitest's JSON results as one line that any CI can read.
import { readFileSync } from 'node:fs';

const results = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8')));
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
const skipped = sum('numPendingTests') + sum('numTodoTests');
process.stdout.write(
  `${sum('numPassedTests')} passed, ${sum('numFailedTests')} failed, ${skipped} skipped\n`,
);
if (sum('numPassedTests') === 0) process.exitCode = 1;
