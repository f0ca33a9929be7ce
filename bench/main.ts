#!/usr/bin/env node
import { cli } from './cli.ts';
import { processOutside, written } from './process-outside.ts';

// A user can do nothing about what a library still uses.
process.noDeprecation = true;
const outside = processOutside(process);
process.exitCode = await cli(process.argv.slice(2), outside);
// A connection that an engine does not let go of keeps nobody waiting.
await Promise.all([written(process.stdout), written(process.stderr)]);
process.exit();
