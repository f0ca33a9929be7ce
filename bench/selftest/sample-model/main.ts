import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { buildReportModel } from '../../../reports/analysis/build-report-model.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';

/*
 * Compresses the report model of a run folder to one file, which the browser tests draw. A repository has room for it, and
 * not for the raw slices.
 *
 * npm run sample-model -- RUN-FOLDER FILE.json.gz
 */
const [directory, file] = process.argv.slice(2);
if (directory === undefined || file === undefined) {
  process.stderr.write('usage: npm run sample-model -- RUN-FOLDER FILE.json.gz\n');
  process.exitCode = 2;
} else {
  const model = buildReportModel(await readRunFolder(directory));
  await writeFile(file, await promisify(gzip)(JSON.stringify(model), { level: 9 }));
}
