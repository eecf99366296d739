#!/usr/bin/env node
import { keepFilesFromOthers } from '../private-files.ts';
import { runCommandLine } from './command-line.ts';
import { EXIT } from './exit-codes.ts';

keepFilesFromOthers();

const code = await runCommandLine(process.argv.slice(2));
// What failed may have left something open that nothing closes: the driver of a cluster keeps a
// connection to nodes whose data centre has another name. What was begun well ends by itself.
if (code !== EXIT.ok) process.exit(code);
