/** The contract's `Timestamp`. */
const FORM =
  /^(\d{4}-\d\d-\d\d)[Tt ]((?!24)\d\d:\d\d)(?:(:\d\d)(?:[.,](\d+))?)?(?:[Zz]| ?([+-](?!24)\d\d)(?::?(\d\d))?)?$/;

/**
 * Milliseconds since the epoch of a timestamp in any form that the service takes, cut to whole
 * ones; NaN when it is none. `Date.parse` by itself takes a text without an offset for local time,
 * which the contract says is UTC, and does not know all of the forms.
 */
export const instantMs = (text: string): number => {
  const [, day = '', minute, second = ':00', fraction = '', hours = '+00', minutes = '00'] =
    FORM.exec(text) ?? [];
  // Of a date that does not exist, such as 2024-02-30, some engines make the next one that does.
  if (!new Date(day).toJSON()?.startsWith(day)) return Number.NaN;
  const millis = fraction.slice(0, 3).padEnd(3, '0');
  return Date.parse(`${day}T${minute}${second}.${millis}${hours}:${minutes}`);
};
