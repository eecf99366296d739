import { endianness } from 'node:os';
import type { types } from 'cassandra-driver';
import type { ChunkColumns } from './chunk.ts';
import type { Stamp } from './stamps.ts';

/** A chunk as it is stored. Little-endian columns; one device needs none of places. */
export interface ChunkRow {
  readonly seq: Stamp;
  readonly writer: string;
  /** The row's own timestamp: `seq`, or what a merge has given it. */
  readonly written: Stamp;
  /** For how much longer it is kept; null is for ever. */
  readonly ttlSeconds: number | null;
  readonly readings: number;
  readonly deviceIds: readonly string[];
  /** UInt16; empty with one device. */
  readonly devices: Buffer;
  /** Float64: microseconds since the epoch. */
  readonly timestamps: Buffer;
  /** Float64. */
  readonly heartRates: Buffer;
}

/** In the order of {@link valuesOf}. */
export const CHUNK_COLUMNS = 'seq, writer, readings, devices, device, timestamps, heart_rates';

/** What {@link chunkRowOf} takes. */
export const STORED_COLUMNS = `${CHUNK_COLUMNS}, WRITETIME(readings) AS written, TTL(readings) AS ttl`;

// As on every machine that Polars is built for.
if (endianness() !== 'LE') throw new Error('Columns are stored as this machine has not got them.');

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array | Uint16Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/** The values of {@link CHUNK_COLUMNS}. */
export const valuesOf = (chunk: ChunkColumns, seq: Stamp, writer: string): unknown[] => [
  seq,
  writer,
  chunk.timestamps.length,
  chunk.deviceIds,
  chunk.deviceIds.length === 1 ? Buffer.alloc(0) : bytesOf(chunk.devices),
  bytesOf(chunk.timestamps),
  bytesOf(chunk.heartRates),
];

export const chunkRowOf = (row: types.Row): ChunkRow => ({
  seq: Number(row.seq) as Stamp,
  writer: row.writer,
  written: Number(row.written) as Stamp,
  ttlSeconds: row.ttl,
  readings: row.readings,
  deviceIds: row.devices,
  devices: row.device,
  timestamps: row.timestamps,
  heartRates: row.heart_rates,
});

/** What tells a chunk of a day from all others, that are or ever were. */
export const nameOf = ({ seq, writer }: Pick<ChunkRow, 'seq' | 'writer'>): string =>
  `${seq} ${writer}`;
