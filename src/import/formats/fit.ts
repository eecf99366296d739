import { Decoder, Stream } from '@garmin/fitsdk';
import { messageOf } from '../../thrown.ts';
import { ImportError } from '../import-error.ts';
import { allBytes } from '../input/bytes.ts';
import type { SourceRow } from '../source-row.ts';
import type { Format } from './format.ts';
import { fieldsOf, listOf } from './json.ts';

/** The SDK decodes a file as a whole; a hundred hours of one record a second have some 14 MB. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAGIC_AT = 8;
const TWO_BYTES = 0xffff;
/** FIT counts seconds from the end of 1989 (FIT protocol, date_time). */
const FIT_EPOCH_SECONDS = 631_065_600;

type Messages = Readonly<Record<string, unknown>>;

const decoded = (bytes: Uint8Array): Messages => {
  const decoder = new Decoder(Stream.fromByteArray(bytes));
  if (!decoder.checkIntegrity()) {
    throw new ImportError('It is no whole FIT file: its size or checksum is wrong.');
  }
  const { messages, errors } = decoder.read();
  if (errors.length > 0) throw new ImportError(`It is a damaged FIT file: ${messageOf(errors[0])}`);
  return fieldsOf(messages);
};

const sourceOf = (messages: Messages): string => {
  const id = fieldsOf(listOf(messages.fileIdMesgs)[0]);
  const product = id.productName ?? id.garminProduct ?? id.product;
  const parts = [id.manufacturer, product].filter((part) => part !== undefined);
  return parts.join(' ') || 'fit';
};

/**
 * Times of a day's monitoring: after a message with a whole timestamp come some with its last two
 * bytes alone (FIT SDK, "timestamp_16").
 */
class MonitoringClock {
  #seconds = 0;

  timeOf({ timestamp, timestamp16 }: Readonly<Record<string, unknown>>): string | undefined {
    if (timestamp instanceof Date) {
      this.#seconds = timestamp.getTime() / 1000 - FIT_EPOCH_SECONDS;
    } else if (typeof timestamp16 === 'number' && this.#seconds > 0) {
      this.#seconds += (timestamp16 - (this.#seconds & TWO_BYTES)) & TWO_BYTES;
    } else return undefined;
    return new Date((this.#seconds + FIT_EPOCH_SECONDS) * 1000).toISOString();
  }
}

function* rowsOf(messages: Messages): Generator<SourceRow> {
  const source = sourceOf(messages);
  for (const [index, record] of listOf(messages.recordMesgs).entries()) {
    const { timestamp, heartRate } = fieldsOf(record);
    if (heartRate === undefined) continue;
    const time = timestamp instanceof Date ? timestamp.toISOString() : undefined;
    const row = { timestamp: time, heartRate };
    yield { place: `record ${index + 1}`, row, source, time, heartRate };
  }
  const clock = new MonitoringClock();
  for (const [index, message] of listOf(messages.monitoringMesgs).entries()) {
    const fields = fieldsOf(message);
    const time = clock.timeOf(fields);
    const { heartRate } = fields;
    if (heartRate === undefined) continue;
    yield { place: `monitoring ${index + 1}`, row: { time, heartRate }, source, time, heartRate };
  }
}

/** Garmin's FIT, as watches and bike computers of many makers write it. */
export const fit: Format = {
  name: 'fit',
  title: 'Garmin FIT (activities and monitoring)',
  recognizes: ({ bytes }) =>
    new TextDecoder('latin1').decode(bytes.subarray(MAGIC_AT, MAGIC_AT + 4)) === '.FIT',
  async *read({ chunks }) {
    yield* rowsOf(decoded(await allBytes(chunks(), MAX_BYTES)));
  },
};
