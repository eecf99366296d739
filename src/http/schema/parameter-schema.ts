/** The number that the text of a parameter spells; any other text as it is. */
export const numberFromText = (value: unknown): unknown =>
  typeof value === 'string' && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(value) ? Number(value) : value;

/** A list of a parameter that may be repeated: Hono gives the text alone if it was not. */
export const listFromTexts =
  (itemFromText: (text: unknown) => unknown = (text) => text) =>
  (value: unknown): unknown =>
    value === undefined ? undefined : [value].flat().map(itemFromText);

/** A list of words, none of which has a comma, which may stand between them instead. */
export const wordsFromTexts = (value: unknown): unknown =>
  value === undefined ? undefined : [value].flat().flatMap((text) => String(text).split(','));
