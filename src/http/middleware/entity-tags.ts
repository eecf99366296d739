import { etag, RETAINED_304_HEADERS } from 'hono/etag';

/**
 * 304 for those who have the response already, by its `ETag`, which is made of the content when the
 * response has none. What a 200 says about itself its 304 says, too.
 */
export const entityTags = etag({
  weak: true,
  retainedHeaders: [
    ...RETAINED_304_HEADERS,
    ...['x-request-id', 'x-content-type-options', 'content-security-policy', 'referrer-policy'],
  ],
});
