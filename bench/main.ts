#!/usr/bin/env node
import { cli } from './cli.ts';
import { processOutside } from './process-outside.ts';

const outside = processOutside(process);
process.exitCode = await cli(process.argv.slice(2), outside);
