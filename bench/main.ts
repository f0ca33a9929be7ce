#!/usr/bin/env node
import { cli } from './cli.ts';
import { processOutside, written } from './process-outside.ts';

// Deprecation warnings are about libraries: a user can do nothing about them.
process.noDeprecation = true;
const outside = processOutside(process);
process.exitCode = await cli(process.argv.slice(2), outside);
// Exits also where an engine holds a connection open.
await Promise.all([written(process.stdout), written(process.stderr)]);
process.exit();
