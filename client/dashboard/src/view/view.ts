import { INTERVALS, type Interval } from '../series/interval.ts';
import { instantMs } from './instant.ts';
import { dateAfter, MAX_DAYS, type Range } from './range.ts';

/** All that decides what the page shows; it is in the address. */
export interface View {
  /** Empty when nobody was chosen yet. */
  readonly user: string;
  readonly range: Range;
  readonly interval: Interval | 'auto';
  readonly isLive: boolean;
}

const DEFAULT_RANGE: Range = { kind: 'last', hours: 24 };

const lastOf = (text: string): Range | undefined => {
  const [, digits, unit] = /^(\d{1,5})([hd])$/.exec(text) ?? [];
  const hours = Number(digits) * (unit === 'd' ? 24 : 1);
  return hours >= 1 && hours <= MAX_DAYS * 24 ? { kind: 'last', hours } : undefined;
};

const dayOf = (date: string): Range | undefined => {
  // A day that does not exist, such as 2024-02-30, would be another one.
  const isDay = /^(19[7-9]|2[01]\d)\d-\d\d-\d\d$/.test(date) && dateAfter(date, 0) === date;
  return isDay ? { kind: 'day', date } : undefined;
};

const betweenOf = (start: string, end: string): Range | undefined => {
  const span = { startMs: instantMs(start), endMs: instantMs(end) };
  return span.startMs < span.endMs ? { kind: 'between', span } : undefined;
};

/**
 * What an address says; what it does not say, or says in a wrong way, is as at first. Its range may
 * be longer than the service takes.
 */
export const parseView = (search: string): View => {
  const parameters = new URLSearchParams(search);
  const get = (name: string): string => parameters.get(name) ?? '';
  const interval = INTERVALS.find((each) => each === get('interval')) ?? 'auto';
  const range =
    lastOf(get('last')) ??
    dayOf(get('day')) ??
    betweenOf(get('start'), get('end')) ??
    DEFAULT_RANGE;
  return { user: get('user'), range, interval, isLive: get('live') === '1' };
};

const rangeParameters = (range: Range): Record<string, string> => {
  switch (range.kind) {
    case 'last':
      return { last: range.hours % 24 === 0 ? `${range.hours / 24}d` : `${range.hours}h` };
    case 'day':
      return { day: range.date };
    case 'between':
      return {
        start: new Date(range.span.startMs).toISOString(),
        end: new Date(range.span.endMs).toISOString(),
      };
  }
};

/** The address's query, with its `?`. {@link parseView} makes the same view of it. */
export const formatView = ({ user, range, interval, isLive }: View): string => {
  const parameters = new URLSearchParams({
    ...(user !== '' && { user }),
    ...rangeParameters(range),
    ...(interval !== 'auto' && { interval }),
    ...(isLive && { live: '1' }),
  });
  return `?${parameters}`;
};
