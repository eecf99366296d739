import { stat } from 'node:fs/promises';
import { zHeartRate } from '../../../generated/zod/zod.gen.ts';
import { nodeFiles } from '../../storage/parquet/disk/node-files.ts';
import { reportText } from '../../storage/parquet/verify/report-text.ts';
import { verifyFolder } from '../../storage/parquet/verify/verify-folder.ts';
import { messageOf } from '../../thrown.ts';
import { dataFolderOf } from '../data-folder.ts';
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts';

/**
 * Checks a data folder, prints what it found, and ends with ok, or failed on findings.
 * Throws a {@link UsageError} when it could not check.
 */
export const verify = async (named: string | undefined, json: boolean): Promise<ExitCode> => {
  const { minValue, maxValue } = zHeartRate;
  if (minValue === null || maxValue === null) throw new Error('the contract has no bounds');
  try {
    const dataDir = named ?? dataFolderOf(process.env);
    if (!(await stat(dataDir)).isDirectory()) throw new Error(`${dataDir} is no folder`);
    const heartRates = { min: minValue, max: maxValue };
    const result = await verifyFolder({ files: nodeFiles, dataDir, heartRates });
    process.stdout.write(json ? `${JSON.stringify(result, undefined, 2)}\n` : reportText(result));
    return result.findings.length > 0 ? EXIT.failed : EXIT.ok;
  } catch (error) {
    throw new UsageError(`Cannot check ${named ?? 'the data folder'}: ${messageOf(error)}`);
  }
};
