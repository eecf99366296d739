/** Microseconds since 1970-01-01T00:00:00Z. Whole, and below 2^53, so a number holds it exactly. */
export type EpochMicros = number & { readonly unit: 'microseconds since the epoch' };

/** Whole UTC days since 1970-01-01: the number of a day partition. */
export type EpochDay = number & { readonly unit: 'days since the epoch' };

/**
 * Place of a reading in the order of acceptance, counted from 1 and never used twice. Of two
 * readings with the same identity the one with the larger sequence is the truth.
 */
export type Sequence = number & { readonly unit: 'sequence' };

/**
 * What a device said of a person's heart at one instant.
 * Its identity is (userId, deviceId, timestampMicros); heartRate is in beats a minute.
 */
export interface Reading {
  readonly userId: string;
  readonly deviceId: string;
  readonly timestampMicros: EpochMicros;
  readonly heartRate: number;
}

/** Half-open: `start <= t < end`. */
export interface TimeRange {
  readonly startMicros: EpochMicros;
  readonly endMicros: EpochMicros;
}
