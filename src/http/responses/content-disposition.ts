/** Of an id so many characters are in a file's name: with four bytes each they fit any file system. */
const MAX_NAME_LENGTH = 50;

/** What some file system, shell or screen takes for more than a letter. */
const UNSAFE = /[\p{C}\p{Z}"%&'*/:;<>?\\|~$`]/gu;

/** What RFC 8187 3.2.1 lets stand, and `encodeURIComponent` too; the rest is percent-encoded. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16)}`);

/**
 * The header that has a response saved as a file (RFC 6266), named after an id of whatever
 * characters: `filename` in ASCII, and `filename*` where that is not all of it.
 */
export const attachment = (prefix: string, id: string, extension: string): string => {
  const safe = Array.from(id).slice(0, MAX_NAME_LENGTH).join('').replace(UNSAFE, '_');
  const name = `${prefix}${safe}.${extension}`;
  const ascii = name.replace(/[^ -~]/gu, '_');
  const header = `attachment; filename="${ascii}"`;
  return ascii === name ? header : `${header}; filename*=UTF-8''${encoded(name)}`;
};
