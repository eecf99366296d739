import type { ExportFormat } from './export-format.ts';
import { textLines } from './text-lines.ts';

/** Lines that a batch takes as they are. */
export const ndjson: ExportFormat = {
  contentType: 'application/x-ndjson',
  extension: 'ndjson',
  write: textLines({
    head: '',
    start: (userId, deviceId) =>
      `{"device_id":${JSON.stringify(deviceId)},"user_id":${JSON.stringify(userId)},"timestamp":"`,
    middle: '","heart_rate":',
    end: '}\n',
  }),
};
