/**
 * The media type of a `Content-Type` in lower case, without parameters: all before the first `;`
 * and the white space around it (RFC 9110, 8.3.1). Parameters do not matter: JSON is UTF-8
 * whatever they say (RFC 8259, 11).
 */
export const mediaTypeOf = (contentType: string): string => {
  const end = contentType.indexOf(';');
  return (end < 0 ? contentType : contentType.slice(0, end)).trim().toLowerCase();
};
