/** What moves the cursor, ends a line, or shows text in another order than it has. */
const UNPRINTABLE = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Whether a terminal shows the text as it is, in one line. */
export const isPrintable = (text: string): boolean => text.search(UNPRINTABLE) < 0;

/** The text as JSON would escape it where a terminal would take it for a command. */
export const printable = (text: string): string =>
  text.replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** The same of a text of several lines. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');
