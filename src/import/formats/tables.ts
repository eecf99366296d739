import { headText } from '../input/input.ts';
import type { SourceRow } from '../source-row.ts';
import {
  type ColumnAliases,
  delimiterOf,
  hasReadingColumns,
  plainTable,
  tableRows,
} from './csv.ts';
import type { Format } from './format.ts';

const isText = (text: string): boolean => /^[^\0<[{]/.test(text) && !text.includes('\0');

const firstLines = (text: string): readonly string[] => text.split(/\r?\n/, 2);

/** Any table with a header that names a time and a heart rate. */
export const csv: Format = {
  name: 'csv',
  title: 'CSV with a header',
  isGeneric: true,
  recognizes: ({ text }) => isText(text) && hasReadingColumns(text),
  read: (input, { columns }) => plainTable(input, headText(input), columns),
};

/** `heartrate.csv` of an Oura data export, and the table of Oura's older cloud export. */
export const ouraCsv: Format = {
  name: 'oura-csv',
  title: 'Oura heart rate CSV',
  recognizes: ({ text }) => {
    const names = (firstLines(text)[0] ?? '').split(/[,;]/).map((name) => name.trim());
    return names.toSorted().join() === 'bpm,source,timestamp';
  },
  read: (input) => plainTable(input, headText(input), {}, 'oura'),
};

/** `heart_rate_YYYY-MM-DD.csv` of Google Takeout, where Fitbit's data is by now. */
export const googleHealthCsv: Format = {
  name: 'google-health-csv',
  title: 'Google Health (Takeout) heart_rate_*.csv',
  recognizes: ({ text }) =>
    /^timestamp,beats per minute,data source\s*$/.test(firstLines(text)[0] ?? ''),
  read: (input) => plainTable(input, headText(input), {}),
};

const SAMSUNG_PREFIX = 'com_samsung_health_heart_rate_';

const samsungNames = (...names: readonly string[]): readonly string[] =>
  names.flatMap((name) => [`${SAMSUNG_PREFIX}${name}`, name]);

const SAMSUNG: ColumnAliases = {
  time: samsungNames('start_time'),
  heart_rate: samsungNames('heart_rate'),
  device: samsungNames('deviceuuid'),
  user: [],
};

/**
 * `com.samsung.shealth.tracker.heart_rate.*.csv`: a line with the table's name and version stands
 * above the header; times are in UTC, whatever `time_offset` says.
 */
export const samsung: Format = {
  name: 'samsung-health',
  title: 'Samsung Health com.samsung.shealth.tracker.heart_rate CSV',
  recognizes: ({ text }) => /^com\.samsung\.s?health\.(tracker\.)?heart_rate[,\r\n]/.test(text),
  async *read(input, { columns }): AsyncGenerator<SourceRow> {
    const delimiter = delimiterOf(firstLines(headText(input))[1] ?? '');
    const table = { delimiter, headerLine: 2, aliases: SAMSUNG };
    for await (const { place, row, cell } of tableRows(input, table, columns)) {
      const time = cell('time') ?? '';
      const isDate = /^\d{4}-\d\d-\d\d/.test(time) && !/[zZ]$/.test(time);
      yield {
        place,
        row,
        source: `samsung ${cell('device') ?? ''}`,
        time: isDate ? `${time}Z` : time,
        heartRate: cell('heart_rate'),
      };
    }
  },
};
