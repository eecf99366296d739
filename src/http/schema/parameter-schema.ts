/** The number that the text of a parameter spells; any other text as it is. */
export const numberFromText = (value: unknown): unknown =>
  typeof value === 'string' && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(value) ? Number(value) : value;

/** A list of a parameter that may be repeated: Hono gives the text alone if it was not. */
export const listFromTexts =
  (itemFromText: (text: unknown) => unknown = (text) => text) =>
  (value: unknown): unknown =>
    value === undefined ? undefined : [value].flat().map(itemFromText);
