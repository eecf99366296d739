import type { Reading } from '../../client/src/index.ts';
import type { ColumnNames } from '../../src/import/formats/format.ts';
import { FORMATS } from '../../src/import/formats/formats.ts';
import { fileInput, formattedInputs } from '../../src/import/input/source-inputs.ts';
import { checkReading } from '../../src/import/readings/check-reading.ts';
import { LocalClock } from '../../src/import/readings/local-clock.ts';

export interface ReadFile {
  /** By format, how many inputs. */
  readonly formats: readonly string[];
  /** `device_id timestamp heart_rate` */
  readonly readings: readonly string[];
  /** `place: reason` */
  readonly rejected: readonly string[];
}

interface ReadSettings {
  readonly tz?: string;
  readonly device?: string;
  readonly map?: Readonly<Record<string, string>>;
  readonly columns?: ColumnNames;
  readonly format?: string;
}

const lineOf = ({ device_id, timestamp, heart_rate }: Reading): string =>
  `${device_id} ${timestamp} ${heart_rate}`;

/** What an import of a file for user_123 would send. */
export const readFile = async (path: string, settings: ReadSettings = {}): Promise<ReadFile> => {
  const { tz, device, map = {}, columns = {}, format: name } = settings;
  const rules = {
    userId: 'user_123',
    devices: { deviceId: device, map: new Map(Object.entries(map)) },
    clock: tz === undefined ? undefined : new LocalClock(tz),
  };
  const { input, progress } = await fileInput(path);
  const forced = FORMATS.find((format) => format.name === name);
  const formats: string[] = [];
  const readings: string[] = [];
  const rejected: string[] = [];
  for await (const { input: part, format } of formattedInputs(input, forced, progress)) {
    formats.push(format.name);
    for await (const row of format.read(part, { columns })) {
      const checked = 'reason' in row ? row : checkReading(row, rules);
      if ('reason' in checked) rejected.push(`${row.place}: ${checked.reason}`);
      else readings.push(lineOf(checked.reading));
    }
  }
  return { formats, readings, rejected };
};
