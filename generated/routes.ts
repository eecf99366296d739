// Generated from openapi.yaml by `npm run generate`. Do not edit.
import { createRoute, z } from '@hono/zod-openapi';
import { wordsFromTexts } from '../src/http/schema/parameter-schema.ts';
import { plusFromBlank } from '../src/http/schema/timestamp-schema.ts';
import * as schemas from './zod/zod.gen.ts';

export const ingestHeartRate = createRoute({
  method: "post",
  path: "/metrics/heart-rate",
  operationId: "ingestHeartRate",
  summary: "Send one reading",
  tags: ["Ingest"],
  request: {
    query: z.strictObject({}),
    body: { required: true, content: { "application/json": { schema: schemas.zHeartRateReading } } },
  },
  responses: {
    200: { description: "Stored, durable and visible.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/json": { schema: schemas.zAccepted } } },
    400: { description: "The request is not as described here. Nothing was stored. `errors` says what is wrong and where, unless it\nis not HTTP or names no valid target or host (`malformed-http`).\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    413: { description: "The body is larger than the service takes, as it was sent or decompressed. Nothing was stored.\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    415: { description: "The body's `Content-Type` is missing or not one of those listed, or its `Content-Encoding` is none of `gzip`,\n`deflate` and `identity`, or more than one of them. Nothing was stored.\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"Accept-Encoding":{"description":"The codings that a body may have (RFC 9110 12.5.3), if the `Content-Encoding` is not taken.","required":false,"schema":{"type":"string"},"example":"gzip, deflate"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    503: { description: "The service cannot do this for now: the storage is being opened, is full or has failed, or too much is asked of\nit at once (`MAX_QUERIES`, `MAX_EXPORTS`, `MAX_STREAMS`). What was sent is not acknowledged; sending it again\nis safe.\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"Retry-After":{"description":"Seconds to wait before trying again.","required":true,"schema":{"type":"integer","minimum":1},"example":1}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});

export const queryHeartRate = createRoute({
  method: "get",
  path: "/metrics/heart-rate",
  operationId: "queryHeartRate",
  summary: "A person's series",
  tags: ["Query"],
  'x-max-range-days': 400,
  request: {
    query: z.strictObject({
      "user_id": schemas.zUserId,
      "start": z.preprocess(plusFromBlank, schemas.zTimestamp),
      "end": z.preprocess(plusFromBlank, schemas.zTimestamp),
      "device_id": schemas.zDeviceId.optional(),
      "interval": schemas.zInterval.default("1m"),
      "tz": schemas.zTimeZone.optional(),
      "priority_scope": schemas.zPriorityScope.default("timestamp"),
      "include": z.preprocess(wordsFromTexts, schemas.zInclude).optional(),
    }),
    headers: z.object({
      "if-none-match": schemas.zEntityTags.optional(),
    }),
  },
  responses: {
    200: { description: "The series. `count` is the number of rows.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"ETag":{"description":"What this version of the content is called; send it back in `If-None-Match`.","required":true,"schema":{"type":"string"},"example":"W/\"u7Jf3kSxQ1w\""}}, content: { "application/json": { schema: schemas.zHeartRateSeries } } },
    304: { description: "Nothing has changed since you were given the `ETag`. No reading was read for this.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"ETag":{"description":"What this version of the content is called; send it back in `If-None-Match`.","required":true,"schema":{"type":"string"},"example":"W/\"u7Jf3kSxQ1w\""}} },
    400: { description: "The request is not as described here. Nothing was stored. `errors` says what is wrong and where, unless it\nis not HTTP or names no valid target or host (`malformed-http`).\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    404: { description: "There are no readings of this user in the range.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    503: { description: "The service cannot do this for now: the storage is being opened, is full or has failed, or too much is asked of\nit at once (`MAX_QUERIES`, `MAX_EXPORTS`, `MAX_STREAMS`). What was sent is not acknowledged; sending it again\nis safe.\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"Retry-After":{"description":"Seconds to wait before trying again.","required":true,"schema":{"type":"integer","minimum":1},"example":1}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});

export const eraseReadings = createRoute({
  method: "delete",
  path: "/metrics/heart-rate",
  operationId: "eraseReadings",
  summary: "Erase a person, or some of a person's readings",
  tags: ["Erasure"],
  request: {
    query: z.strictObject({
      "user_id": schemas.zUserId,
      "device_id": schemas.zDeviceId.optional(),
      "start": z.preprocess(plusFromBlank, schemas.zTimestamp).optional(),
      "end": z.preprocess(plusFromBlank, schemas.zTimestamp).optional(),
    }),
  },
  responses: {
    200: { description: "Erased. `count` is the number of readings that are gone.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/json": { schema: schemas.zErased } } },
    400: { description: "The request is not as described here. Nothing was stored. `errors` says what is wrong and where, unless it\nis not HTTP or names no valid target or host (`malformed-http`).\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    404: { description: "There are no readings to erase.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    503: { description: "The service cannot do this for now: the storage is being opened, is full or has failed, or too much is asked of\nit at once (`MAX_QUERIES`, `MAX_EXPORTS`, `MAX_STREAMS`). What was sent is not acknowledged; sending it again\nis safe.\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"Retry-After":{"description":"Seconds to wait before trying again.","required":true,"schema":{"type":"integer","minimum":1},"example":1}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});

export const ingestHeartRateBatch = createRoute({
  method: "post",
  path: "/metrics/heart-rate/batch",
  operationId: "ingestHeartRateBatch",
  summary: "Send many readings",
  tags: ["Ingest"],
  request: {
    query: z.strictObject({
      "on_invalid": schemas.zOnInvalid.default("reject"),
    }),
    body: { required: true, content: { "application/json": { schema: schemas.zHeartRateBatch }, "application/x-ndjson": { schema: schemas.zHeartRateLines } } },
  },
  responses: {
    200: { description: "Stored, durable and visible: all readings, or with `on_invalid=skip` those that are valid.\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/json": { schema: schemas.zBatchAccepted } } },
    400: { description: "The request is not as described here. Nothing was stored. `errors` says what is wrong and where, unless it\nis not HTTP or names no valid target or host (`malformed-http`).\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    413: { description: "The body is larger than the service takes, as it was sent or decompressed. Nothing was stored.\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    415: { description: "The body's `Content-Type` is missing or not one of those listed, or its `Content-Encoding` is none of `gzip`,\n`deflate` and `identity`, or more than one of them. Nothing was stored.\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"Accept-Encoding":{"description":"The codings that a body may have (RFC 9110 12.5.3), if the `Content-Encoding` is not taken.","required":false,"schema":{"type":"string"},"example":"gzip, deflate"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    503: { description: "The service cannot do this for now: the storage is being opened, is full or has failed, or too much is asked of\nit at once (`MAX_QUERIES`, `MAX_EXPORTS`, `MAX_STREAMS`). What was sent is not acknowledged; sending it again\nis safe.\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"Retry-After":{"description":"Seconds to wait before trying again.","required":true,"schema":{"type":"integer","minimum":1},"example":1}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});

export const latestHeartRate = createRoute({
  method: "get",
  path: "/metrics/heart-rate/latest",
  operationId: "latestHeartRate",
  summary: "A person's most recent reading",
  tags: ["Query"],
  request: {
    query: z.strictObject({
      "user_id": schemas.zUserId,
      "device_id": schemas.zDeviceId.optional(),
    }),
    headers: z.object({
      "if-none-match": schemas.zEntityTags.optional(),
    }),
  },
  responses: {
    200: { description: "The reading as it was stored; its timestamp in UTC.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"ETag":{"description":"What this version of the content is called; send it back in `If-None-Match`.","required":true,"schema":{"type":"string"},"example":"W/\"u7Jf3kSxQ1w\""}}, content: { "application/json": { schema: schemas.zStoredReading } } },
    304: { description: "Nothing has changed since you were given the `ETag`. No reading was read for this.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"ETag":{"description":"What this version of the content is called; send it back in `If-None-Match`.","required":true,"schema":{"type":"string"},"example":"W/\"u7Jf3kSxQ1w\""}} },
    400: { description: "The request is not as described here. Nothing was stored. `errors` says what is wrong and where, unless it\nis not HTTP or names no valid target or host (`malformed-http`).\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    404: { description: "There are no readings of this user, or none of the device.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    503: { description: "The service cannot do this for now: the storage is being opened, is full or has failed, or too much is asked of\nit at once (`MAX_QUERIES`, `MAX_EXPORTS`, `MAX_STREAMS`). What was sent is not acknowledged; sending it again\nis safe.\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"Retry-After":{"description":"Seconds to wait before trying again.","required":true,"schema":{"type":"integer","minimum":1},"example":1}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});

export const listUserDevices = createRoute({
  method: "get",
  path: "/metrics/heart-rate/devices",
  operationId: "listUserDevices",
  summary: "A person's devices",
  tags: ["Query"],
  'x-max-range-days': 400,
  request: {
    query: z.strictObject({
      "user_id": schemas.zUserId,
      "start": z.preprocess(plusFromBlank, schemas.zTimestamp),
      "end": z.preprocess(plusFromBlank, schemas.zTimestamp),
    }),
  },
  responses: {
    200: { description: "The devices.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/json": { schema: schemas.zUserDevices } } },
    400: { description: "The request is not as described here. Nothing was stored. `errors` says what is wrong and where, unless it\nis not HTTP or names no valid target or host (`malformed-http`).\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    404: { description: "There are no readings of this user in the range.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    503: { description: "The service cannot do this for now: the storage is being opened, is full or has failed, or too much is asked of\nit at once (`MAX_QUERIES`, `MAX_EXPORTS`, `MAX_STREAMS`). What was sent is not acknowledged; sending it again\nis safe.\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"Retry-After":{"description":"Seconds to wait before trying again.","required":true,"schema":{"type":"integer","minimum":1},"example":1}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});

export const followHeartRate = createRoute({
  method: "get",
  path: "/metrics/heart-rate/stream",
  operationId: "followHeartRate",
  summary: "Follow a person's readings live",
  tags: ["Query"],
  request: {
    query: z.strictObject({
      "user_id": schemas.zUserId,
      "device_id": schemas.zDeviceId.optional(),
    }),
    headers: z.object({
      "last-event-id": schemas.zEventId.optional(),
    }),
  },
  responses: {
    200: { description: "The events, without end.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "text/event-stream": { schema: schemas.zReadingEvents } } },
    400: { description: "The request is not as described here. Nothing was stored. `errors` says what is wrong and where, unless it\nis not HTTP or names no valid target or host (`malformed-http`).\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    503: { description: "The service cannot do this for now: the storage is being opened, is full or has failed, or too much is asked of\nit at once (`MAX_QUERIES`, `MAX_EXPORTS`, `MAX_STREAMS`). What was sent is not acknowledged; sending it again\nis safe.\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"Retry-After":{"description":"Seconds to wait before trying again.","required":true,"schema":{"type":"integer","minimum":1},"example":1}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});

export const exportHeartRate = createRoute({
  method: "get",
  path: "/metrics/heart-rate/export",
  operationId: "exportHeartRate",
  summary: "Export a person's readings",
  tags: ["Query"],
  request: {
    query: z.strictObject({
      "user_id": schemas.zUserId,
      "start": z.preprocess(plusFromBlank, schemas.zTimestamp).optional(),
      "end": z.preprocess(plusFromBlank, schemas.zTimestamp).optional(),
      "device_id": schemas.zDeviceId.optional(),
      "format": schemas.zExportFormat.optional(),
    }),
  },
  responses: {
    200: { description: "The readings, to be saved as a file.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"Content-Disposition":{"description":"The name of the file, made of the user's id (RFC 6266).","required":true,"schema":{"type":"string"},"example":"attachment; filename=\"heart-rate-user_123.ndjson\""},"Vary":{"description":"The format depends on `Accept`.","required":true,"schema":{"type":"string"},"example":"Accept"}}, content: { "application/x-ndjson": { schema: schemas.zStoredReadingLines }, "text/csv": { schema: schemas.zReadingsCsv }, "application/vnd.apache.parquet": { schema: schemas.zReadingsParquet }, "application/fhir+ndjson": { schema: schemas.zObservationLines } } },
    400: { description: "The request is not as described here. Nothing was stored. `errors` says what is wrong and where, unless it\nis not HTTP or names no valid target or host (`malformed-http`).\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    404: { description: "There are no readings that the request asks for.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    503: { description: "The service cannot do this for now: the storage is being opened, is full or has failed, or too much is asked of\nit at once (`MAX_QUERIES`, `MAX_EXPORTS`, `MAX_STREAMS`). What was sent is not acknowledged; sending it again\nis safe.\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"Retry-After":{"description":"Seconds to wait before trying again.","required":true,"schema":{"type":"integer","minimum":1},"example":1}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});

export const listDevices = createRoute({
  method: "get",
  path: "/devices",
  operationId: "listDevices",
  summary: "The device priorities in force",
  tags: ["Query"],
  request: {
    query: z.strictObject({}),
  },
  responses: {
    200: { description: "The priorities.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/json": { schema: schemas.zDeviceList } } },
    400: { description: "The request is not as described here. Nothing was stored. `errors` says what is wrong and where, unless it\nis not HTTP or names no valid target or host (`malformed-http`).\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});

export const getHealth = createRoute({
  method: "get",
  path: "/health",
  operationId: "getHealth",
  summary: "State of the service and its storage",
  tags: ["Operations"],
  'x-ignores-unknown-parameters': true,
  responses: {
    200: { description: "Readings are stored and queries served.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/json": { schema: schemas.zHealth } } },
    400: { description: "What was sent is not HTTP, or names no valid target or host.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    503: { description: "The service cannot do this for now: the storage is being opened, is full or has failed, or too much is asked of\nit at once (`MAX_QUERIES`, `MAX_EXPORTS`, `MAX_STREAMS`). What was sent is not acknowledged; sending it again\nis safe.\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"Retry-After":{"description":"Seconds to wait before trying again.","required":true,"schema":{"type":"integer","minimum":1},"example":1}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});

export const getLiveness = createRoute({
  method: "get",
  path: "/livez",
  operationId: "getLiveness",
  summary: "Is the process alive?",
  tags: ["Operations"],
  'x-ignores-unknown-parameters': true,
  responses: {
    200: { description: "The process answers.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/json": { schema: schemas.zLiveness } } },
    400: { description: "What was sent is not HTTP, or names no valid target or host.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});

export const getReadiness = createRoute({
  method: "get",
  path: "/readyz",
  operationId: "getReadiness",
  summary: "Can it take requests?",
  tags: ["Operations"],
  'x-ignores-unknown-parameters': true,
  responses: {
    200: { description: "Send requests here.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/json": { schema: schemas.zReadiness } } },
    400: { description: "What was sent is not HTTP, or names no valid target or host.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    503: { description: "The service cannot do this for now: the storage is being opened, is full or has failed, or too much is asked of\nit at once (`MAX_QUERIES`, `MAX_EXPORTS`, `MAX_STREAMS`). What was sent is not acknowledged; sending it again\nis safe.\n", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"Retry-After":{"description":"Seconds to wait before trying again.","required":true,"schema":{"type":"integer","minimum":1},"example":1}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});

export const getMetrics = createRoute({
  method: "get",
  path: "/metrics",
  operationId: "getMetrics",
  summary: "Prometheus metrics",
  tags: ["Operations"],
  'x-ignores-unknown-parameters': true,
  responses: {
    200: { description: "The metrics.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "text/plain": { schema: schemas.zPrometheusText } } },
    400: { description: "What was sent is not HTTP, or names no valid target or host.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});

export const getOpenapiYaml = createRoute({
  method: "get",
  path: "/openapi.yaml",
  operationId: "getOpenapiYaml",
  summary: "This contract as YAML",
  tags: ["Documentation"],
  'x-ignores-unknown-parameters': true,
  responses: {
    200: { description: "The document.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/yaml": { schema: schemas.zOpenapiDocument } } },
    400: { description: "What was sent is not HTTP, or names no valid target or host.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});

export const getOpenapiJson = createRoute({
  method: "get",
  path: "/openapi.json",
  operationId: "getOpenapiJson",
  summary: "This contract as JSON",
  tags: ["Documentation"],
  'x-ignores-unknown-parameters': true,
  responses: {
    200: { description: "The document.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/json": { schema: schemas.zOpenapiDocument } } },
    400: { description: "What was sent is not HTTP, or names no valid target or host.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});

export const getDocs = createRoute({
  method: "get",
  path: "/docs",
  operationId: "getDocs",
  summary: "This contract as a page",
  tags: ["Documentation"],
  'x-ignores-unknown-parameters': true,
  responses: {
    200: { description: "The page.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "text/html": { schema: schemas.zHtmlPage } } },
    400: { description: "What was sent is not HTTP, or names no valid target or host.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});

export const getDocsDocument = createRoute({
  method: "get",
  path: "/docs/openapi.json",
  operationId: "getDocsDocument",
  summary: "The document of the page",
  tags: ["Documentation"],
  'x-ignores-unknown-parameters': true,
  responses: {
    200: { description: "The document.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/json": { schema: schemas.zOpenapiDocument } } },
    400: { description: "What was sent is not HTTP, or names no valid target or host.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});

export const getDocsScript = createRoute({
  method: "get",
  path: "/docs/scalar.js",
  operationId: "getDocsScript",
  summary: "The script of the page",
  tags: ["Documentation"],
  'x-ignores-unknown-parameters': true,
  responses: {
    200: { description: "The script.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"ETag":{"description":"What this version of the content is called; send it back in `If-None-Match`.","required":true,"schema":{"type":"string"},"example":"W/\"u7Jf3kSxQ1w\""}}, content: { "text/javascript": { schema: schemas.zScript } } },
    304: { description: "It is what you already have, by its `ETag`.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"ETag":{"description":"What this version of the content is called; send it back in `If-None-Match`.","required":true,"schema":{"type":"string"},"example":"W/\"u7Jf3kSxQ1w\""}} },
    400: { description: "What was sent is not HTTP, or names no valid target or host.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});

export const getDashboard = createRoute({
  method: "get",
  path: "/",
  operationId: "getDashboard",
  summary: "The dashboard",
  tags: ["Dashboard"],
  'x-ignores-unknown-parameters': true,
  responses: {
    200: { description: "The page.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"ETag":{"description":"What this version of the content is called; send it back in `If-None-Match`.","required":true,"schema":{"type":"string"},"example":"W/\"u7Jf3kSxQ1w\""}}, content: { "text/html": { schema: schemas.zHtmlPage } } },
    304: { description: "It is what you already have, by its `ETag`.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"},"ETag":{"description":"What this version of the content is called; send it back in `If-None-Match`.","required":true,"schema":{"type":"string"},"example":"W/\"u7Jf3kSxQ1w\""}} },
    400: { description: "What was sent is not HTTP, or names no valid target or host.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});

export const getDashboardAsset = createRoute({
  method: "get",
  path: "/assets/{name}",
  operationId: "getDashboardAsset",
  summary: "A file of the dashboard",
  tags: ["Dashboard"],
  'x-ignores-unknown-parameters': true,
  request: {
    params: z.object({
      "name": schemas.zAssetName,
    }),
  },
  responses: {
    200: { description: "The file.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "text/javascript": { schema: schemas.zScript }, "text/css": { schema: schemas.zStyleSheet }, "image/svg+xml": { schema: schemas.zSvgPicture } } },
    400: { description: "What was sent is not HTTP, or names no valid target or host.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    404: { description: "The service has no such path.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    408: { description: "The request did not arrive in time. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    421: { description: "The service does not serve the `Host` that the request names.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    431: { description: "The request line and the headers are larger than the service takes. The connection is closed.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
    500: { description: "The service made a mistake. Its log says more, under the `X-Request-Id` of the response.", headers: {"X-Request-Id":{"description":"The id of the request, under which the service's log says more: the one that was sent, or a new one.\n","required":true,"schema":{"type":"string","pattern":"^[A-Za-z0-9_=-]{1,255}$","x-message":"must be an id of a request"},"example":"0b8f3c9e-7a51-4d3c-9a44-5f0d8f1c2e6b"}}, content: { "application/problem+json": { schema: schemas.zProblem } } },
  },
});
