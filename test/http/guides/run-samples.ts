import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import ts from 'typescript';
import type { SampleLanguage } from './samples.ts';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Longer than any sample takes, shorter than a test may. */
const TIMEOUT_MS = 30_000;

/** The address in every sample. */
export const SHOWN_URL = 'http://127.0.0.1:8000';

export const hasPython = (): boolean =>
  spawnSync('python3', ['-c', 'import requests']).status === 0;

/** How a sample becomes a program of a folder: its command and arguments. */
type Prepare = (folder: string, code: string) => Promise<readonly [string, ...string[]]>;

const CLIENT = { 'heart-rate-metrics-client': join(ROOT, 'client', 'src', 'index.ts') };

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  types: ['node'],
  paths: Object.fromEntries(Object.entries(CLIENT).map(([name, file]) => [name, [file]])),
  allowImportingTsExtensions: true,
  noEmit: true,
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
};

const HOST: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: String,
  getCurrentDirectory: () => ROOT,
  getNewLine: () => '\n',
};

/** Type checks a sample as a strict project does, and makes one file of it and the client. */
const compile = async (file: string, outfile: string): Promise<void> => {
  const program = ts.createProgram([file], OPTIONS);
  const errors = ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
  if (errors.length > 0) throw new Error(ts.formatDiagnostics(errors, HOST));
  const options = { bundle: true, format: 'esm', platform: 'node', alias: CLIENT } as const;
  await build({ entryPoints: [file], outfile, logLevel: 'silent', ...options });
};

const PREPARE: Readonly<Record<SampleLanguage, Prepare>> = {
  bash: async (_folder, code) => ['bash', '-euo', 'pipefail', '-c', code],
  ts: async (folder, code) => {
    const [file, compiled] = [join(folder, 'sample.mts'), join(folder, 'sample.mjs')];
    await writeFile(file, code);
    await compile(file, compiled);
    return [process.execPath, compiled];
  },
  python: async (folder, code) => {
    const file = join(folder, 'sample.py');
    await writeFile(file, code);
    return ['python3', file];
  },
};

/** Runs samples one after the other, as a reader does, in one folder. */
export interface SampleRunner {
  /** What the sample prints. Rejects when it fails. */
  run(language: SampleLanguage, code: string): Promise<string>;
  close(): Promise<void>;
}

/** @param url where the service is that the samples talk to */
export const openSampleRunner = async (url: string): Promise<SampleRunner> => {
  // Inside the package, where `npx` finds the command line.
  const folder = await mkdtemp(join(ROOT, 'dist', 'samples-'));
  return {
    async run(language, code) {
      const prepared = code.replaceAll(SHOWN_URL, url);
      const [command, ...options] = await PREPARE[language](folder, prepared);
      const { stdout } = await run(command, options, { cwd: folder, timeout: TIMEOUT_MS });
      return stdout;
    },
    close: () => rm(folder, { recursive: true }),
  };
};
