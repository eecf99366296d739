/** A parameter is a text. One that the contract calls a number becomes one, if it is written so. */
export const numberFromText = (value: unknown): unknown =>
  typeof value === 'string' && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(value) ? Number(value) : value;

/** A parameter that may be given several times is a text when it was given once. */
export const listFromTexts =
  (itemFromText: (text: unknown) => unknown = (text) => text) =>
  (value: unknown): unknown =>
    value === undefined ? undefined : [value].flat().map(itemFromText);
