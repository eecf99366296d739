import type { ExportFormat } from './export-format.ts';
import { textLines } from './text-lines.ts';

/**
 * A field as RFC 4180 2.5 to 2.7 writes it. An id that a spreadsheet takes for a formula stays as it
 * is: any mark before it would make it another device or person when the file is read again.
 */
const field = (text: string): string =>
  /[",]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

/** RFC 4180 with a header. Ids have no line breaks. */
export const csv: ExportFormat = {
  contentType: 'text/csv; charset=utf-8; header=present',
  extension: 'csv',
  write: textLines({
    head: 'device_id,user_id,timestamp,heart_rate\r\n',
    start: (userId, deviceId) => `${field(deviceId)},${field(userId)},`,
    middle: ',',
    end: '\r\n',
  }),
};
