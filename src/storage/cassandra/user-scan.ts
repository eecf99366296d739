import type { EpochDay, EpochMicros } from '../../readings/reading.ts';
import { isEmptyRange } from '../../readings/time-range.ts';
import { dayOf } from '../../readings/timestamp.ts';
import type { DayScan, ScannedDay, ScanRequest } from '../reading-store.ts';
import type { ChunkRow } from './chunk-row.ts';
import { scannedDay } from './scanned-day.ts';
import type { Statements } from './statements.ts';
import { Voided } from './voided.ts';

/** So many days are read at once; of each there may be megabytes in memory. */
const DAYS_AHEAD = 8;

/** Told of the chunks that were found of a day. */
type OnChunks = (userId: string, day: EpochDay, chunks: readonly ChunkRow[]) => void;

/** The days, in order, that have rows; each is read when it is about to be asked for. */
export async function* userDays(
  { statements, onChunks }: { readonly statements: Statements; readonly onChunks: OnChunks },
  request: ScanRequest,
  order: 'oldest first' | 'newest first',
): AsyncGenerator<ScannedDay> {
  const { userId, range } = request;
  if (isEmptyRange(range)) return;
  const [first, last] = [dayOf(range.startMicros), dayOf((range.endMicros - 1) as EpochMicros)];
  // Erasures before chunks: one that goes with its user is gone after the chunks that it covers.
  const [days, erasures] = await Promise.all([
    statements.days(userId, first, last),
    statements.erasures(userId),
  ]);
  const voided = new Voided(erasures);
  if (order === 'newest first') days.reverse();
  const read = async (day: EpochDay): Promise<ScannedDay | undefined> => {
    const chunks = await statements.chunks(userId, day);
    onChunks(userId, day, chunks);
    return scannedDay({ day, chunks, voided }, request);
  };
  const ahead: Promise<ScannedDay | undefined>[] = [];
  const begin = () => {
    const day = days.shift();
    if (day === undefined) return;
    const reading = read(day);
    // Awaited in its turn; until then it is no unhandled rejection.
    reading.catch(() => undefined);
    ahead.push(reading);
  };
  // Who looks backwards mostly wants the first day alone.
  begin();
  for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) {
    if (order === 'oldest first') while (ahead.length < DAYS_AHEAD && days.length > 0) begin();
    const day = await next;
    if (day !== undefined) yield day;
    if (ahead.length === 0) begin();
  }
}

/** With a word on which day is the last. */
export async function* withLast(days: AsyncIterable<ScannedDay>): AsyncGenerator<DayScan> {
  let before: ScannedDay | undefined;
  for await (const day of days) {
    if (before !== undefined) yield { ...before, isLast: false };
    before = day;
  }
  if (before !== undefined) yield { ...before, isLast: true };
}
