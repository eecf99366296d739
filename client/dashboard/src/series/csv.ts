import type { Point } from './points.ts';

/** Spreadsheets take a text that begins so for a formula; an apostrophe before it makes it a text. */
const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

const fieldOf = (text: string): string => {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return NEEDS_QUOTES.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
};

const HEADER = 'timestamp,heart_rate,min,max,readings,device_id';

/** The points as RFC 4180 CSV; `timestamp` is the first instant of the bucket, in UTC. */
export const csvOf = (points: readonly Point[]): string => {
  const lines = points.map(({ startMs, mean, min, max, readings, device }) =>
    [new Date(startMs).toISOString(), mean, min, max, readings, fieldOf(device)].join(','),
  );
  return `${[HEADER, ...lines].join('\r\n')}\r\n`;
};

/** A name for the file that every system takes. */
export const csvNameOf = (user: string, date: string): string =>
  `heart-rate-${user.replace(/[^\p{L}\p{N}_-]+/gu, '_').slice(0, 60)}-${date}.csv`;
