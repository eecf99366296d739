const MS_PER_SECOND = 1000;

/**
 * How long a `Retry-After` header asks to wait, in milliseconds from `nowMs`, or undefined when it
 * is absent or unreadable. Both forms of RFC 9110, 10.2.3 count: whole seconds and an HTTP date;
 * a date that has passed means 0.
 */
export const parseRetryAfter = (header: string | null, nowMs: number): number | undefined => {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return Number(text) * MS_PER_SECOND;
  // Date.parse takes far more than HTTP dates ("-1", "2"); those all begin with the day's name.
  const atMs = /^[A-Z][a-z]{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
};
