import { basename, dirname } from 'node:path';
import { expect, vi } from 'vitest';
import type { Reading } from '../../src/readings/reading.ts';
import { dayOf, MICROS_PER_DAY, parseDay } from '../../src/readings/timestamp.ts';
import { noteOf } from '../../src/storage/parquet/disk/quarantine.ts';
import { StoreUnavailableError } from '../../src/storage/reading-store.ts';
import { type AcceptedReadings, append, type Row, reading, rowsOf } from '../support/store.ts';
import { type DiskImage, FOLDER } from './faults/disk-model.ts';
import type { FileCall } from './faults/fault-files.ts';
import { mayFail } from './faults/io-failure.ts';
import { accept, type Command, command, EVER, FIRST_DAY, fillSegment } from './model-command.ts';
import type { Machine } from './model-machine.ts';

const PARTS = 'data/heart_rate/';
const QUARANTINE = 'data/quarantine/';
const LOG = 'data/wal/';
/** Who comes and is erased while a part is damaged. */
const PASSER_BY = 'passer-by';
const RETENTION_DAYS = 30;
const TEN_YEARS_MS = 10 * 365 * 86_400_000;

const shown = (readings: readonly Reading[]): string =>
  readings.map((r) => `${r.userId} ${r.deviceId} ${r.timestampMicros} ${r.heartRate}`).join(', ');

/** The files of an image below a folder. */
const filesIn = (image: DiskImage, folder: string): string[] =>
  [...image].flatMap(([path, content]) =>
    content !== FOLDER && path.startsWith(folder) ? [path] : [],
  );

const everythingAgrees = async (model: AcceptedReadings, { store }: Machine): Promise<void> => {
  for (const userId of model.users) {
    const request = { userId, range: EVER };
    expect(await rowsOf(store, request)).toEqual(model.rows(request));
  }
};

const identityOf = ([device, micros]: Row): string => `${device} ${micros}`;

/** A part of this day is out of force: what it alone held is not found, all else is. */
const allButOnePart = async (
  model: AcceptedReadings,
  { store }: Machine,
  day: number,
): Promise<void> => {
  const isElsewhere = ([, micros]: Row) => dayOf(micros as Reading['timestampMicros']) !== day;
  for (const userId of model.users) {
    const request = { userId, range: EVER };
    const [found, expected] = [await rowsOf(store, request), model.rows(request)];
    expect(found.filter(isElsewhere)).toEqual(expected.filter(isElsewhere));
    expect(expected.map(identityOf)).toEqual(expect.arrayContaining(found.map(identityOf)));
  }
};

interface DamagedPart {
  readonly path: string;
  readonly content: Buffer;
  readonly day: number;
}

/** Flips a bit of one part. */
const damaged = (image: DiskImage, place: number): [DiskImage, DamagedPart | undefined] => {
  const parts = filesIn(image, PARTS);
  const path = parts[place % parts.length];
  if (path === undefined) return [image, undefined];
  const content = image.get(path) as Buffer;
  const bytes = Buffer.from(content);
  const at = (place * 31) % bytes.length;
  bytes[at] = (bytes[at] as number) ^ 1;
  const day = parseDay(basename(dirname(path)).slice('date='.length)) as number;
  return [new Map([...image, [path, bytes]]), { path, content, day }];
};

/** Someone mends the damaged part and puts it back. */
const restored = (image: DiskImage, { path, content }: DamagedPart): DiskImage => {
  const piece = pieceOf(image, path) as string;
  const rest = [...image].filter(([name]) => name !== piece && name !== noteOf(piece));
  return new Map([...rest, [dirname(path), FOLDER], [path, content]]);
};

const pieceOf = (image: DiskImage, path: string): string | undefined =>
  filesIn(image, QUARANTINE).find((piece) => piece.endsWith(basename(path)));

/** No space for quarantine, whichever of its calls comes first. */
const refusesQuarantine =
  (isPart: (path: string) => boolean) =>
  ({ operation, path }: FileCall): 'ENOSPC' | undefined => {
    const isQuarantine = `${path}/`.startsWith(QUARANTINE) && mayFail(operation, 'ENOSPC');
    return isQuarantine || (operation === 'rename' && isPart(path)) ? 'ENOSPC' : undefined;
  };

/**
 * A part is found damaged while the disk has no room to set it aside; readings of its day come
 * in, another user is erased; then there is room; in the end someone puts the part back, mended.
 */
export const damage = (place: number, meanwhile: readonly Reading[]): Command =>
  command(`damage(${place}, ${shown(meanwhile)})`, async (model, machine) => {
    let part: DamagedPart | undefined;
    const between = (image: DiskImage): DiskImage => {
      const [left, found] = damaged(image, place);
      part = found;
      return left;
    };
    const fault = refusesQuarantine((path) => path === part?.path);
    await machine.restart({ between, fault });
    if (part === undefined) return machine.mend();
    const { path, day } = part;
    await allButOnePart(model, machine, day);
    expect(machine.store.health().state).toBe('degraded');
    await accept(model, machine, meanwhile);
    await append(machine.store, reading(PASSER_BY, 'device_a', day * MICROS_PER_DAY, 99));
    await fillSegment(model, machine, day - FIRST_DAY);
    await machine.idle();
    expect(await machine.store.erase({ userId: PASSER_BY })).toBe(1);
    await fillSegment(model, machine, day - FIRST_DAY);
    await machine.idle();
    await allButOnePart(model, machine, day);
    expect(machine.image.has(path), 'the damaged part is where it was').toBe(true);

    machine.mend();
    await allButOnePart(model, machine, day);
    await machine.retried('the part is set aside', () => {
      return pieceOf(machine.image, path) !== undefined && !machine.image.has(path);
    });
    await allButOnePart(model, machine, day);
    expect(machine.store.health().state).toBe('degraded');

    await machine.restart({ between: (image) => restored(image, part as DamagedPart) });
    await everythingAgrees(model, machine);
    await machine.settle();
    await everythingAgrees(model, machine);
  });

/** Another owner takes the segment: from then on nothing may be acknowledged. */
export const stolenSegment = (readings: readonly Reading[]): Command =>
  command(`stolenSegment(${shown(readings)})`, async (model, machine) => {
    await machine.settle();
    await machine.restart();
    await accept(model, machine, readings.slice(1));
    const before = machine.image;
    const segments = filesIn(before, LOG);
    expect(segments).toHaveLength(1);
    for (const segment of segments) machine.takeAway(segment);
    await expect(append(machine.store, readings[0] as Reading)).rejects.toThrow(
      StoreUnavailableError,
    );
    expect(machine.store.health().state).toBe('unavailable');
    await machine.kill(() => before);
    await everythingAgrees(model, machine);
  });

/** The clock is ten years ahead at a start, and days are dropped by age. */
export const clockJump = command('clockJump', async (model, machine) => {
  const realNow = Date.now;
  const clock = vi.spyOn(Date, 'now').mockImplementation(() => realNow() + TEN_YEARS_MS);
  try {
    await machine.restart({ retentionDays: RETENTION_DAYS });
    await machine.settle();
    await everythingAgrees(model, machine);
  } finally {
    clock.mockRestore();
  }
  await machine.restart();
});
