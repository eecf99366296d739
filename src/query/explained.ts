import type { DeviceCells } from './explain-plan.ts';
import type { SeriesPiece } from './series-piece.ts';
import type { Contest } from './series-plan.ts';

/** What a device has of a bucket, as far as no two buckets have to be looked at for it. */
export interface DeviceShare {
  readonly deviceId: string;
  /** Readings, each identity once. */
  readonly readings: number;
  /** Of those, the ones of instants at which no better device reported. */
  readonly best: number;
  /** Of those, the ones of instants at which another device reported. */
  readonly contested: number;
}

/**
 * Why readings count, or not. `requested`: the device was asked for; no other was looked at.
 * `outranked`: some do not, as a better device reported where they are contested. All count if it is
 * `preferred`, the best where others reported as well, and if it is `uncontested`, as none did.
 */
export type Rule = 'requested' | 'uncontested' | 'preferred' | 'outranked';

/** Which of a device's readings in a bucket count. */
export interface ExplainedDevice {
  readonly deviceId: string;
  readonly readings: number;
  readonly counted: number;
  readonly rule: Rule;
}

/** The pieces with what each device has of their buckets; `cells` are of the same readings. */
export const withShares = (
  pieces: readonly SeriesPiece[],
  { bucketsMicros, deviceIds, readings, best, contested }: DeviceCells,
): SeriesPiece[] => {
  const sharesOf = new Map<number, DeviceShare[]>();
  for (const [row, deviceId] of deviceIds.entries()) {
    const bucket = bucketsMicros[row] as number;
    const shares = sharesOf.get(bucket) ?? [];
    if (shares.length === 0) sharesOf.set(bucket, shares);
    shares.push({
      deviceId,
      readings: readings[row] as number,
      best: best[row] as number,
      contested: contested[row] as number,
    });
  }
  return pieces.map((piece) => ({
    ...piece,
    shares: Array.from(piece.bucketsMicros, (bucket) => sharesOf.get(bucket) ?? []),
  }));
};

/** What devices have of one bucket that another's is added to. */
export const addedShares = (
  shares: readonly DeviceShare[],
  others: readonly DeviceShare[],
): DeviceShare[] => {
  const byId = new Map(shares.map((share) => [share.deviceId, share]));
  for (const { deviceId, readings, best, contested } of others) {
    const known = byId.get(deviceId) ?? { readings: 0, best: 0, contested: 0 };
    byId.set(deviceId, {
      deviceId,
      readings: known.readings + readings,
      best: known.best + best,
      contested: known.contested + contested,
    });
  }
  return [...byId.values()];
};

/** By which rules readings are taken. */
export interface Ruling {
  readonly contest: Contest;
  /** Sorts the better device first. */
  readonly compareDevices: (a: string, b: string) => number;
}

/** The same runs, with each bucket's devices explained. */
export async function* explained(
  runs: AsyncIterable<readonly SeriesPiece[]>,
  ruling: Ruling,
): AsyncGenerator<readonly SeriesPiece[]> {
  for await (const pieces of runs) {
    yield pieces.map(({ shares = [], ...piece }) => ({
      ...piece,
      explained: shares.map((ofBucket) => explainedDevices(ofBucket, ruling)),
    }));
  }
}

/** The best first. */
const explainedDevices = (
  shares: readonly DeviceShare[],
  { contest, compareDevices }: Ruling,
): ExplainedDevice[] => {
  const sorted = [...shares].sort((a, b) => compareDevices(a.deviceId, b.deviceId));
  return sorted.map((share, place) => {
    const { deviceId, readings, best } = share;
    if (contest === 'none') return { deviceId, readings, counted: readings, rule: 'requested' };
    if (contest === 'instant') {
      return { deviceId, readings, counted: best, rule: ruleOfInstants(share) };
    }
    if (place > 0) return { deviceId, readings, counted: 0, rule: 'outranked' };
    const rule = sorted.length > 1 ? 'preferred' : 'uncontested';
    return { deviceId, readings, counted: readings, rule };
  });
};

const ruleOfInstants = ({ readings, best, contested }: DeviceShare): Rule => {
  if (best < readings) return 'outranked';
  return contested > 0 ? 'preferred' : 'uncontested';
};
