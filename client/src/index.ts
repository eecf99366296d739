export type { components, operations, paths } from '../../generated/openapi-types.ts';
export { createHeartRateClient } from './create-client.ts';
export type {
  BatchResult,
  DeviceList,
  DevicePriority,
  ErasureQuery,
  ExportQuery,
  FollowQuery,
  Health,
  LatestQuery,
  Reading,
  ReadingInput,
  Series,
  SeriesQuery,
  StoredReading,
  UserDevice,
  UserDevicesQuery,
  WithDates,
} from './data.ts';
export {
  HeartRateApiError,
  HeartRateConnectionError,
  type Problem,
  type ProblemType,
} from './errors.ts';
export type {
  BatchOptions,
  CallOptions,
  FollowOptions,
  HeaderSource,
  HeartRateClient,
  HeartRateClientOptions,
  RequestOptions,
  SingleCallOptions,
} from './heart-rate-client.ts';
export type { LiveEvent } from './live/live-event.ts';
export type { RetryPolicy } from './retry.ts';
