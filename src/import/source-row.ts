/** Where in its input a row is, in words, and the row as the rejected file shows it. */
interface Placed {
  readonly place: string;
  readonly row: unknown;
}

/** A reading as a source says it, not checked yet. */
export interface SourceReading extends Placed {
  /** The name of the device or app that measured; what makes the device id. */
  readonly source?: unknown;
  /** A device id of the service, taken as it is. */
  readonly deviceId?: unknown;
  readonly userId?: unknown;
  /**
   * ISO 8601, or whole seconds, milliseconds or microseconds since the epoch. Without an offset it
   * is local time.
   */
  readonly time: unknown;
  readonly heartRate: unknown;
}

/** A row of which is known already that it is no reading. */
export interface BadRow extends Placed {
  readonly reason: string;
}

export type SourceRow = SourceReading | BadRow;
