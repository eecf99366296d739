import { firstAtLeast } from '../readings/first-at-least.ts';
import type { TimeRange } from '../readings/reading.ts';
import { MICROS_PER_MINUTE } from '../readings/timestamp.ts';
import type { SeriesPiece } from './series-piece.ts';

/**
 * A day is kept in pieces of this length, which divides it, so that what was made of those in which nothing changed,
 * their columns and their text, goes on being used.
 */
const STRETCH_MICROS = 4 * 60 * MICROS_PER_MINUTE;

const stretchOf = (micros: number): number => Math.floor(micros / STRETCH_MICROS);

/** The buckets of some days in a piece for each stretch that has any. */
export const inStretches = (days: SeriesPiece): SeriesPiece[] => {
  const { bucketsMicros } = days;
  const pieces: SeriesPiece[] = [];
  for (let from = 0; from < bucketsMicros.length; ) {
    const end = (stretchOf(bucketsMicros[from] as number) + 1) * STRETCH_MICROS;
    const to = firstAtLeast(bucketsMicros, end);
    pieces.push(joined([{ piece: days, from, to }]));
    from = to;
  }
  return pieces;
};

/** The pieces with these buckets in place of all that they had in the range. */
export const withBuckets = (
  pieces: readonly SeriesPiece[],
  { startMicros, endMicros }: TimeRange,
  buckets: SeriesPiece,
): SeriesPiece[] => {
  const first = stretchOf(startMicros);
  const last = stretchOf(endMicros - 1);
  const between = (least: number, most: number) =>
    pieces.filter(({ bucketsMicros }) => {
      const stretch = stretchOf(bucketsMicros[0] as number);
      return least <= stretch && stretch <= most;
    });
  const touched = between(first, last);
  const changed = joined([
    ...touched.map((piece) => ({
      piece,
      from: 0,
      to: firstAtLeast(piece.bucketsMicros, startMicros),
    })),
    { piece: buckets, from: 0, to: buckets.counts.length },
    ...touched.map((piece) => ({
      piece,
      from: firstAtLeast(piece.bucketsMicros, endMicros),
      to: piece.counts.length,
    })),
  ]);
  return [
    ...between(Number.NEGATIVE_INFINITY, first - 1),
    ...inStretches(changed),
    ...between(last + 1, Number.POSITIVE_INFINITY),
  ];
};

/** The rows of a piece from one place to before another. */
interface Section {
  readonly piece: SeriesPiece;
  readonly from: number;
  readonly to: number;
}

const joined = (sections: readonly Section[]): SeriesPiece => {
  const rows = sections.reduce((sum, { from, to }) => sum + to - from, 0);
  const deviceIds = [...new Set(sections.flatMap(({ piece }) => piece.deviceIds))];
  const fill = <T extends Float64Array | Uint32Array>(
    column: T,
    columnOf: (section: Section) => T,
  ): T => {
    let at = 0;
    for (const section of sections) {
      column.set(columnOf(section), at);
      at += section.to - section.from;
    }
    return column;
  };
  const floats = (name: 'bucketsMicros' | 'means' | 'minima' | 'maxima') =>
    fill(new Float64Array(rows), ({ piece, from, to }) => piece[name].subarray(from, to));
  const sums = (name: 'coarse' | 'fine') =>
    fill(new Float64Array(rows), ({ piece, from, to }) =>
      (piece.sums as NonNullable<SeriesPiece['sums']>)[name].subarray(from, to),
    );
  const placesOf = ({ piece, from, to }: Section) => {
    const places = piece.deviceIds.map((deviceId) => deviceIds.indexOf(deviceId));
    return piece.devices.subarray(from, to).map((device) => places[device] as number);
  };
  return {
    bucketsMicros: floats('bucketsMicros'),
    means: floats('means'),
    minima: floats('minima'),
    maxima: floats('maxima'),
    counts: fill(new Uint32Array(rows), ({ piece, from, to }) => piece.counts.subarray(from, to)),
    devices: fill(new Uint32Array(rows), placesOf),
    deviceIds,
    ...(sections.every(({ piece }) => piece.shares !== undefined)
      ? { shares: sections.flatMap(({ piece, from, to }) => piece.shares?.slice(from, to) ?? []) }
      : {}),
    ...(sections.every(({ piece }) => piece.sums !== undefined)
      ? { sums: { coarse: sums('coarse'), fine: sums('fine') } }
      : {}),
  };
};
