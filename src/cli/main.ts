#!/usr/bin/env node
import { keepFilesFromOthers } from '../private-files.ts';
import { runCommandLine } from './command-line.ts';

keepFilesFromOthers();

process.exitCode = await runCommandLine(process.argv.slice(2));
