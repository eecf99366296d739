import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { zHeartRate } from '../generated/zod/zod.gen.ts';
import { readSettings } from './settings.ts';
import { nodeFiles } from './storage/parquet/disk/node-files.ts';
import { reportText } from './storage/parquet/verify/report-text.ts';
import { verifyFolder } from './storage/parquet/verify/verify-folder.ts';

const USAGE = `npm run verify -- [--json] [data folder]

Checks every file of a data folder (DATA_DIR, or ./data, when none is given), also beside a running
service. It writes nothing. Ends with 0 when all is well, 1 when something is wrong, and 2 when it
could not check.
`;

const giveUp = (message: string): never => {
  process.stderr.write(`${message}\n\n${USAGE}`);
  process.exit(2);
};

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);

const readArguments = () => {
  try {
    const { values, positionals } = parseArgs({
      options: { json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    if (positionals.length > 1) return giveUp('One data folder at a time.');
    const dataDir = positionals[0] ?? readSettings(process.env).dataDir;
    return { dataDir, json: values.json, help: values.help };
  } catch (error) {
    return giveUp(messageOf(error));
  }
};

const { dataDir, json, help } = readArguments();
if (help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const { minValue, maxValue } = zHeartRate;
if (minValue === null || maxValue === null) throw new Error('the contract has no bounds');
try {
  if (!(await stat(dataDir)).isDirectory()) giveUp(`${dataDir} is no folder.`);
  const heartRates = { min: minValue, max: maxValue };
  const result = await verifyFolder({ files: nodeFiles, dataDir, heartRates });
  const text = json ? `${JSON.stringify(result, undefined, 2)}\n` : reportText(result);
  process.stdout.write(text);
  process.exitCode = result.findings.length > 0 ? 1 : 0;
} catch (error) {
  giveUp(`Cannot check ${dataDir}: ${messageOf(error)}`);
}
