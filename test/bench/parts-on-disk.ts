import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface PartsOnDisk {
  readonly bytes: number;
  readonly parts: number;
  /** How many parts each day has. */
  readonly ofDay: readonly number[];
}

/** The parts of a data folder, also while a service is at work in it. */
export const partsOnDisk = (dataDir: string): PartsOnDisk => {
  const root = join(dataDir, 'heart_rate');
  let bytes = 0;
  const ofDay = readdirSync(root).map((day) => {
    const parts = readdirSync(join(root, day)).filter((name) => name.endsWith('.parquet'));
    for (const name of parts) {
      // Merged away since the folder was read: its bytes are in another by now.
      bytes += statSync(join(root, day, name), { throwIfNoEntry: false })?.size ?? 0;
    }
    return parts.length;
  });
  return { bytes, parts: ofDay.reduce((sum, parts) => sum + parts, 0), ofDay };
};
