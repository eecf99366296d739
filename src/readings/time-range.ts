import type { EpochDay, EpochMicros, TimeRange } from './reading.ts';
import { dayStart, END_OF_TIME_MICROS, MICROS_PER_DAY } from './timestamp.ts';

/** All that a timestamp can say. */
export const ALL_TIME: TimeRange = {
  startMicros: 0 as EpochMicros,
  endMicros: END_OF_TIME_MICROS,
};

/** All of a UTC day. */
export const dayRange = (day: EpochDay): TimeRange => ({
  startMicros: dayStart(day),
  endMicros: (dayStart(day) + MICROS_PER_DAY) as EpochMicros,
});

/** What lies in both; when nothing does, a range that does not end after its start. */
export const intersection = (a: TimeRange, b: TimeRange): TimeRange => ({
  startMicros: Math.max(a.startMicros, b.startMicros) as EpochMicros,
  endMicros: Math.min(a.endMicros, b.endMicros) as EpochMicros,
});

/** Whether no instant lies in it. */
export const isEmptyRange = ({ startMicros, endMicros }: TimeRange): boolean =>
  endMicros <= startMicros;

export const isInRange = (timestamp: EpochMicros, { startMicros, endMicros }: TimeRange): boolean =>
  timestamp >= startMicros && timestamp < endMicros;

export const isWithin = (inner: TimeRange, outer: TimeRange): boolean =>
  inner.startMicros >= outer.startMicros && inner.endMicros <= outer.endMicros;

/** In microseconds. */
export const duration = ({ startMicros, endMicros }: TimeRange): number => endMicros - startMicros;
