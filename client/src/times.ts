/**
 * Midnight UTC of the date that a text begins with, in milliseconds: within two days of what the
 * service takes it for, in whatever form and with whatever offset. NaN for what has no date.
 */
export const dayMsOf = (text: string): number => Date.parse(text.slice(0, 10));

type Text<T> = T extends Date ? never : T;

/** The type with texts alone where it may have a `Date`. */
export type WithTexts<T> = { [Name in keyof T]: Text<T[Name]> };

/**
 * The same with each `Date` as an ISO 8601 text in UTC, as the service takes it.
 *
 * @throws RangeError for a `Date` that is none.
 */
export const withTexts = <T extends object>(fields: T): WithTexts<T> => {
  const dates = Object.entries(fields).filter(([, value]) => value instanceof Date);
  const texts = dates.map(([name, date]: [string, Date]) => {
    if (Number.isNaN(date.getTime())) throw new RangeError(`${name} is no valid Date`);
    return [name, date.toISOString()];
  });
  return { ...fields, ...Object.fromEntries(texts) };
};
