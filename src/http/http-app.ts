import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import type { Logger } from 'pino';
import type { Ending } from '../audit/audit-event.ts';
import type { AuditLog } from '../audit/audit-log.ts';
import type { ApiKey } from '../keys/api-key.ts';
import type { ApiKeys, KeyRefusal } from '../keys/key-ring.ts';
import type { ServiceMetrics } from '../metrics/service-metrics.ts';
import type { ReadingExports } from '../query/export/reading-exports.ts';
import type { LiveReadings } from '../query/live/live-readings.ts';
import type { ReadVersions } from '../query/read-versions.ts';
import type { SeriesQuery } from '../query/series-query.ts';
import type { DevicePriority } from '../readings/device-priority.ts';
import type { ReadingStore } from '../storage/reading-store.ts';
import type { ParquetFiles } from './export-formats/parquet-files.ts';
import type { RateLimit, RateLimitHeaders } from './rate-limit/rate-limiter.ts';
import type { ProblemKind } from './responses/problem.ts';

/** What this layer asks of the query layer. */
export type SeriesReader = Pick<SeriesQuery, 'run' | 'forget'>;

/** … about what there is of a user. */
export type UserReadings = Pick<SeriesQuery, 'latest' | 'devices'>;

/** What the HTTP layer is built on. */
export interface HttpServices {
  readonly store: ReadingStore;
  readonly series: SeriesReader;
  readonly userReadings: UserReadings;
  readonly versions: ReadVersions;
  readonly live: LiveReadings;
  readonly exports: ReadingExports;
  readonly parquetFiles: ParquetFiles;
  readonly devicePriorities: readonly DevicePriority[];
  readonly metrics: ServiceMetrics;
  /** Makes a span of each request; undefined when nobody collects them. */
  readonly tracing?: MiddlewareHandler<HttpEnv> | undefined;
  readonly log: Logger;
  readonly version: string;
  readonly maxBodyBytes: number;
  /** Host names that are served besides loopback names; undefined serves any. */
  readonly allowedHosts: readonly string[] | undefined;
  /** Origins whose pages may use the service, besides its own. */
  readonly corsOrigins: readonly string[];
  /** For how many days readings are kept; undefined: for good. */
  readonly retentionDays: number | undefined;
  /** Undefined: nobody is asked for a key. */
  readonly keys: ApiKeys | undefined;
  /** Where it is noted who did what with whose readings; undefined: nowhere. */
  readonly audit: AuditLog | undefined;
  /** What makes the service degraded besides the storage's own reasons, in words for the operator. */
  readonly problems: () => readonly string[];
  /** How many requests each client may send; undefined: any number. */
  readonly rateLimit: RateLimit | undefined;
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
}

/** Why what was sent is no request. */
export interface Refusal {
  readonly kind: ProblemKind;
  readonly detail: string;
}

/** The path of `OPTIONS *`, which asks about the server and not about a path (RFC 9110 9.3.7). */
export const SERVER_WIDE = '';

export interface HttpEnv {
  Bindings: {
    /** What was sent is no request; this is what to respond. */
    refusal?: Refusal;
    /** Node's request; undefined when the app is called without a server. */
    incoming?: IncomingMessage;
    /** Node's response; undefined when the app is called without a server. */
    outgoing?: ServerResponse;
  };
  Variables: {
    requestId: string;
    /** The valid key of the request; undefined when it has none, or the service asks for none. */
    key: ApiKey | undefined;
    /** Why a request to a service with keys has no valid one. */
    keyRefusal: KeyRefusal;
    /** What the response says of the client's rate limit. */
    rateLimit: RateLimitHeaders | undefined;
    /** Of a request beyond it: until the next is admitted. */
    rateLimitWaitMs: number | undefined;
    /** Of a streamed response: settles when the stream has ended, in whatever way. Never rejects. */
    sent: Promise<Ending>;
    /** The same of a stream of events, which is counted and logged when it begins. */
    followed: Promise<Ending>;
    /** How many readings were erased, or exported so far. */
    readings: number;
  };
}

export type HttpApp = OpenAPIHono<HttpEnv>;
