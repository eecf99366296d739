import { compress } from 'hono/compress';

/** Shorter responses are not worth it. Those whose length is not known yet are compressed. */
const MIN_BYTES = 1024;

/** What people read. Not events, which must not wait for others, nor problems, which are short. */
const COMPRESSED =
  /^(application\/(json|yaml|x-ndjson|fhir\+ndjson)|text\/(css|csv|html|javascript|plain))(;|$)/;

/**
 * Compresses long responses for those who ask for it (`Accept-Encoding`, RFC 9110 12.5.3). It is
 * mounted where there are such: the acknowledgement of a reading has no time for it.
 */
export const compression = compress({ threshold: MIN_BYTES, contentTypeFilter: COMPRESSED });
