import type { components, operations } from '../../generated/openapi-types.ts';

/** One measurement; `timestamp` is ISO 8601, `heart_rate` in beats a minute. */
export type Reading = components['schemas']['HeartRateReading'];
/** The same, with a `Date` wherever it has a timestamp. */
export type WithDates<T> = {
  readonly [Name in keyof T]: Name extends 'timestamp' | 'start' | 'end' ? T[Name] | Date : T[Name];
};
/** One measurement to be stored. */
export type ReadingInput = WithDates<Reading>;
/** A person's series: one row for each bucket that holds a reading. */
export type Series = components['schemas']['HeartRateSeries'];
/** Which series: `user_id` and the half-open range `start <= t < end`, perhaps more. */
export type SeriesQuery = WithDates<operations['queryHeartRate']['parameters']['query']>;
/** Whose readings: of `user_id`, perhaps of one device. */
export type LatestQuery = operations['latestHeartRate']['parameters']['query'];
/** Whose readings are followed. */
export type FollowQuery = LatestQuery;
/** A reading as it was stored; `timestamp` is in UTC. */
export type StoredReading = components['schemas']['StoredReading'];
/** What there is of a device of a person's in a range; `days` are UTC days. */
export type UserDevice = components['schemas']['UserDevice'];
/** Whose devices: `user_id` and the half-open range `start <= t < end`. */
export type UserDevicesQuery = WithDates<operations['listUserDevices']['parameters']['query']>;
/** What became of a batch. */
export interface BatchResult {
  /** How many readings were stored: all, unless invalid ones were skipped. */
  readonly count: number;
  /** How many were invalid and so not stored. */
  readonly rejected: number;
  /** What is wrong with those, in the order of the batch, cut to 20 entries. */
  readonly errors: readonly components['schemas']['ProblemError'][];
}
/** Which readings are to be erased: `user_id` alone for all, or only a device or a range of it. */
export type ErasureQuery = WithDates<operations['eraseReadings']['parameters']['query']>;
/** Which readings are exported: those of `user_id`, perhaps of a device or a range. */
export type ExportQuery = WithDates<
  Omit<operations['exportHeartRate']['parameters']['query'], 'format'>
>;
/** A device and how much it is trusted: the lower, the more. */
export type DevicePriority = components['schemas']['DevicePriority'];
export type DeviceList = components['schemas']['DeviceList'];
/** State of the service and its storage. */
export type Health = components['schemas']['Health'];
