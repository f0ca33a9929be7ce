/**
 * The files of a run folder that are read back. Of the derived ones only the summary is read, by commands that look
 * at several runs: the slices of old runs may be gone.
 */
export const runFile = 'run.json';
export const slicesFile = 'slices.ndjson';
export const evidenceFile = 'evidence.ndjson';
export const summaryFile = 'summary.json';
/** Reserves the room for the last state of run.json while a run is measured. A kill leaves it behind. */
export const roomFile = '.run.json.room';
