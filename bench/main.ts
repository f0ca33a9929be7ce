#!/usr/bin/env node
import { cli } from './cli.ts';
import { processOutside } from './process-outside.ts';

// A user can do nothing about what a library still uses.
process.noDeprecation = true;
const outside = processOutside(process);
process.exitCode = await cli(process.argv.slice(2), outside);
