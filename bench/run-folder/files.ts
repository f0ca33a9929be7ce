/** What is in a run folder. Derived files (summary, report) are not read here: they are made again. */
export const runFile = 'run.json';
export const slicesFile = 'slices.ndjson';
export const evidenceFile = 'evidence.ndjson';
