/**
 * The files of a run folder. Derived files (summary, report) are not read here, because they are made again.
 */
export const runFile = 'run.json';
export const slicesFile = 'slices.ndjson';
export const evidenceFile = 'evidence.ndjson';
/** Reserves the room for the last state of run.json while a run is measured. A kill leaves it behind. */
export const roomFile = '.run.json.room';
