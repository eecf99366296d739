// Generated from openapi.yaml by `npm run generate`. Do not edit.

import { unicode } from '../../src/http/schema/text-schema.ts';
import { timestamp } from '../../src/http/schema/timestamp-schema.ts';
import * as z from 'zod';

/**
 * A person, as the caller names them: 1 to 128 characters (Unicode code points), any but control characters
 * and lone surrogates.
 *
 */
export const zUserId = unicode(/^[^\x00-\x1f\x7f-\x9f]{1,128}$/u, 'must be 1 to 128 characters, none of them a control character');

/**
 * A device, as the caller names it: 1 to 128 characters (Unicode code points), any but control characters
 * and lone surrogates.
 *
 */
export const zDeviceId = unicode(/^[^\x00-\x1f\x7f-\x9f]{1,128}$/u, 'must be 1 to 128 characters, none of them a control character');

/**
 * ISO 8601 date and time: with `Z`, an offset or neither, which means UTC. Seconds may be left out.
 * Fractions of a second are kept to the microsecond, further digits are cut. Of what the pattern allows,
 * only dates that do not exist and instants before 1970 or after 2199 are refused.
 *
 */
export const zTimestamp = timestamp(/^(1969-12-31|2200-01-01|(19[7-9][0-9]|2[01][0-9]{2})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01]))[Tt ]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)?([Zz]|( ?[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?))?$/u, 'must be like 2024-01-15T10:00:00Z');

/**
 * Beats a minute, decimals allowed.
 */
export const zHeartRate = z.number().gte(30).lte(220);

/**
 * What a device measured of a person's heart at one instant.
 */
export const zHeartRateReading = z.object({
    device_id: zDeviceId,
    user_id: zUserId,
    timestamp: zTimestamp,
    heart_rate: zHeartRate
});

/**
 * An instant, in UTC.
 */
export const zInstant = z.iso.datetime({ offset: true });

/**
 * A reading as it was stored.
 */
export const zStoredReading = z.object({
    device_id: zDeviceId,
    user_id: zUserId,
    timestamp: zInstant,
    heart_rate: zHeartRate
});

/**
 * Readings that are sent together.
 */
export const zHeartRateBatch = z.object({
    readings: z.array(zHeartRateReading).min(1).max(10000)
});

/**
 * 1 to 10,000 readings as NDJSON: one HeartRateReading a line, lines ended by a line feed (a carriage
 * return before it is ignored). The last line need not be ended; lines between may not be blank.
 *
 */
export const zHeartRateLines = z.string();

/**
 * Entity tags (RFC 9110 8.8.3), or `*` for whatever there is. The comparison is weak.
 */
export const zEntityTags = z.string();

/**
 * In which format readings are exported.
 */
export const zExportFormat = z.enum([
    'ndjson',
    'csv',
    'parquet',
    'fhir'
]);

/**
 * Readings as NDJSON, a `StoredReading` a line, each line ended by a line feed.
 */
export const zStoredReadingLines = z.string();

/**
 * Readings as CSV with a header; records are ended by CRLF.
 */
export const zReadingsCsv = z.string();

/**
 * Readings as a Parquet file, which is not text.
 */
export const zReadingsParquet = z.string();

/**
 * Readings as NDJSON, an `Observation` of FHIR R4 a line, each line ended by a line feed.
 */
export const zObservationLines = z.string();

/**
 * What an event of a stream is called. It means something to the service that gave it.
 */
export const zEventId = z.string();

/**
 * Server-sent events.
 */
export const zReadingEvents = z.string();

/**
 * What happens to a batch with invalid readings.
 */
export const zOnInvalid = z.enum(['reject', 'skip']);

/**
 * Always `erased`.
 */
export const zErasedStatus = z.literal('erased');

/**
 * The readings are gone.
 */
export const zErased = z.object({
    status: zErasedStatus,
    count: z.int().gte(1)
});

/**
 * Always `accepted`.
 */
export const zAcceptedStatus = z.literal('accepted');

/**
 * The reading is on disk and visible to queries.
 */
export const zAccepted = z.object({
    status: zAcceptedStatus
});

/**
 * A minute, five, fifteen, an hour or a day.
 */
export const zInterval = z.enum([
    '1m',
    '5m',
    '15m',
    '1h',
    '1d'
]);

/**
 * A zone of the IANA time zone database by its area and place, or `UTC`. Abbreviations such as `CET` or `AST`,
 * which are not the same everywhere, are not taken.
 *
 */
export const zTimeZone = z.string().regex(/^([Uu][Tt][Cc]|[A-Za-z_]{1,32}(\x2f[A-Za-z0-9_+-]{1,32}){1,2})$/u, 'must be a zone of the time zone database by its area and place, such as Europe/Berlin, or UTC');

/**
 * Within what the best device wins.
 */
export const zPriorityScope = z.enum(['timestamp', 'bucket']);

/**
 * What can be added to a row.
 */
export const zAddition = z.enum(['stats', 'explain']);

/**
 * What to add to each row.
 */
export const zInclude = z.array(zAddition).min(1).max(2);

/**
 * Why readings count, or not.
 */
export const zRule = z.enum([
    'requested',
    'uncontested',
    'preferred',
    'outranked'
]);

/**
 * What a device had to do with a bucket.
 */
export const zExplainedDevice = z.object({
    device_id: zDeviceId,
    readings: z.int().gte(1),
    counted: z.int().gte(0),
    rule: zRule
});

/**
 * The bucket's first instant, in UTC.
 */
export const zBucketStart = z.iso.datetime({ offset: true });

/**
 * One bucket.
 */
export const zHeartRateRow = z.object({
    timestamp: zBucketStart,
    heart_rate: z.number().gte(30).lte(220),
    device_id: zDeviceId,
    min: z.number().gte(30).lte(220).optional(),
    max: z.number().gte(30).lte(220).optional(),
    sample_count: z.int().gte(1).optional(),
    devices: z.array(zExplainedDevice).min(1).optional()
});

/**
 * A person's series.
 */
export const zHeartRateSeries = z.object({
    user_id: zUserId,
    data: z.array(zHeartRateRow).min(1),
    count: z.int().gte(1)
});

/**
 * What there is of a device, in the range.
 */
export const zUserDevice = z.object({
    device_id: zDeviceId,
    first: zInstant,
    last: zInstant,
    readings: z.int().gte(1),
    days: z.int().gte(1).lte(401)
});

/**
 * The devices that have readings of a person.
 */
export const zUserDevices = z.object({
    user_id: zUserId,
    devices: z.array(zUserDevice).min(1)
});

/**
 * The lower, the more trusted.
 */
export const zPriority = z.int();

/**
 * A device and how much it is trusted.
 */
export const zDevicePriority = z.object({
    device_id: zDeviceId,
    priority: zPriority
});

/**
 * Devices whose ids begin alike, and how much they are trusted.
 */
export const zDevicePrefixPriority = z.object({
    prefix: z.string(),
    priority: zPriority
});

/**
 * The devices whose priority is known. All others follow them.
 */
export const zDeviceList = z.object({
    prefixes: z.array(zDevicePrefixPriority),
    devices: z.array(zDevicePriority)
});

/**
 * `degraded`: readings are stored, but somebody should look at `reasons`.
 */
export const zServingStatus = z.enum(['ok', 'degraded']);

/**
 * Why the status is not `ok`, in words; empty when it is.
 */
export const zReasons = z.array(z.string());

/**
 * What the storage holds at this moment.
 */
export const zStorageHealth = z.object({
    unflushed_readings: z.int().gte(0),
    oldest_unflushed_seconds: z.number().gte(0),
    segments: z.int().gte(0),
    parts: z.int().gte(0),
    most_parts_of_day: z.int().gte(0),
    merge_debt_bytes: z.int().gte(0),
    current_step_seconds: z.number().gte(0)
});

/**
 * State of the service and its storage.
 */
export const zHealth = z.object({
    status: zServingStatus,
    reasons: zReasons,
    version: z.string(),
    uptime_seconds: z.number().gte(0),
    storage: zStorageHealth
});

/**
 * The process answers.
 */
export const zLiveness = z.object({
    status: z.literal('ok')
});

/**
 * Requests can be sent here.
 */
export const zReadiness = z.object({
    status: zServingStatus,
    reasons: zReasons
});

/**
 * Prometheus text format 0.0.4.
 */
export const zPrometheusText = z.string();

/**
 * An OpenAPI 3.1 document.
 */
export const zOpenapiDocument = z.object({
    openapi: z.string()
});

/**
 * An HTML page.
 */
export const zHtmlPage = z.string();

/**
 * JavaScript.
 */
export const zScript = z.string();

/**
 * CSS.
 */
export const zStyleSheet = z.string();

/**
 * An SVG picture.
 */
export const zSvgPicture = z.string();

/**
 * The name of a file of the dashboard.
 */
export const zAssetName = z.string();

/**
 * One thing that is wrong with the request.
 */
export const zProblemError = z.object({
    pointer: z.string(),
    detail: z.string()
});

/**
 * What is wrong, at most 20 entries.
 */
export const zProblemErrors = z.array(zProblemError).max(20);

/**
 * Readings of the batch are on disk and visible to queries. `rejected` and `errors`, in the order of the batch,
 * are there with `on_invalid=skip` and only then.
 *
 */
export const zBatchAccepted = z.object({
    status: zAcceptedStatus,
    count: z.int().gte(1).lte(10000),
    rejected: z.int().gte(0).lte(9999).optional(),
    errors: zProblemErrors.optional()
});

/**
 * What kind of problem it is; see "Errors" in this document's description.
 */
export const zProblemType = z.enum([
    'urn:problem:heart-rate:invalid-request',
    'urn:problem:heart-rate:malformed-http',
    'urn:problem:heart-rate:unauthorized',
    'urn:problem:heart-rate:forbidden',
    'urn:problem:heart-rate:no-readings',
    'urn:problem:heart-rate:no-such-path',
    'urn:problem:heart-rate:method-not-allowed',
    'urn:problem:heart-rate:request-timeout',
    'urn:problem:heart-rate:content-too-large',
    'urn:problem:heart-rate:unsupported-media-type',
    'urn:problem:heart-rate:misdirected-request',
    'urn:problem:heart-rate:too-many-requests',
    'urn:problem:heart-rate:headers-too-large',
    'urn:problem:heart-rate:internal-error',
    'urn:problem:heart-rate:unavailable'
]);

/**
 * An RFC 9457 problem.
 */
export const zProblem = z.object({
    type: zProblemType,
    title: z.string(),
    status: z.int().gte(400).lte(599),
    detail: z.string().optional(),
    errors: zProblemErrors.optional(),
    invalid_count: z.int().gte(1).lte(10000).optional()
});
