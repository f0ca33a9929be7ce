/** What is in a run folder. Derived files (summary, report) are not read here: they are made again. */
export const runFile = 'run.json';
export const slicesFile = 'slices.ndjson';
export const evidenceFile = 'evidence.ndjson';
/** Holds the room for the last state of run.json while a run is measured; a kill leaves it. */
export const roomFile = '.run.json.room';
