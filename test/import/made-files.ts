import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { Encoder, type Mesg } from '@garmin/fitsdk';
import yazl from 'yazl';

/** Numbers of messages in the FIT profile. */
const MESSAGES = { FILE_ID: 0, RECORD: 20, MONITORING: 55 };
const START_MS = Date.UTC(2024, 0, 15, 10);

const write = (encoder: Encoder, message: number, fields: object): void => {
  encoder.onMesg(message, fields as Mesg);
};

/** A FIT activity of a Garmin device: three records, of which the middle one has no heart rate. */
export const fitActivity = (): Uint8Array => {
  const encoder = new Encoder();
  write(encoder, MESSAGES.FILE_ID, {
    type: 'activity',
    manufacturer: 'garmin',
    product: 4024,
    timeCreated: new Date(START_MS),
  });
  for (const [second, heartRate] of [
    [0, 120],
    [1, undefined],
    [2, 122],
  ] as const) {
    write(encoder, MESSAGES.RECORD, {
      timestamp: new Date(START_MS + second * 1000),
      ...(heartRate === undefined ? { distance: 3 } : { heartRate }),
    });
  }
  return encoder.close();
};

/** A day's monitoring: a whole timestamp, then its last two bytes alone, across their overflow. */
export const fitMonitoring = (): Uint8Array => {
  const encoder = new Encoder();
  write(encoder, MESSAGES.FILE_ID, { type: 'monitoringB', manufacturer: 'garmin' });
  const fitSeconds = START_MS / 1000 - 631_065_600;
  write(encoder, MESSAGES.MONITORING, { timestamp: new Date(START_MS), cycles: 1 });
  for (const [seconds, heartRate] of [
    [60, 61],
    [40_000, 62],
    [90_000, 63],
  ] as const) {
    const timestamp16 = (fitSeconds + seconds) & 0xffff;
    write(encoder, MESSAGES.MONITORING, { timestamp16, heartRate });
  }
  return encoder.close();
};

/** Writes a ZIP archive with these entries. */
export const writeZip = async (
  path: string,
  entries: Readonly<Record<string, string | Uint8Array>>,
): Promise<string> => {
  const zip = new yazl.ZipFile();
  for (const [name, content] of Object.entries(entries)) {
    zip.addBuffer(Buffer.from(content as string), name);
  }
  zip.end();
  await finished(zip.outputStream.pipe(createWriteStream(path)));
  return path;
};
