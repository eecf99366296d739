import { createHash } from 'node:crypto';
import { type DiskImage, DiskModel, FOLDER, type PowerLoss } from './disk-model.ts';
import type { FaultFiles, FileCall } from './fault-files.ts';
import { batchOf, type Contents, type History, identityOf, type Outcome } from './history.ts';
import { below, type Random, randomOf } from './random.ts';
import { RequestMaker } from './request-maker.ts';
import { StoreUnderTest, withDisk } from './store-under-test.ts';

/** A moment at which the machine or the process may stop. */
export interface CrashPoint {
  readonly when: 'before' | 'after';
  readonly call: FileCall;
  readonly label: string;
  readonly disk: DiskModel;
  /** What the store had answered. */
  readonly outcomes: readonly Outcome[];
  /** What it had shown, if it was asked; it must stay that way. */
  readonly shown: Contents | undefined;
}

/** Takes down every boundary of every call of a store. */
export class CrashRecorder {
  readonly points: CrashPoint[] = [];
  shown: Contents | undefined;
  readonly #history: History;
  readonly #prefix: string;

  constructor(history: History, prefix = '') {
    this.#history = history;
    this.#prefix = prefix;
  }

  readonly onBoundary = (when: 'before' | 'after', call: FileCall, files: FaultFiles): void => {
    this.points.push({
      when,
      call,
      label: `${this.#prefix}${when} call ${call.index} (${call.operation} ${call.path})`,
      disk: files.snapshot(),
      outcomes: this.#history.outcomes(),
      shown: this.shown,
    });
  };
}

export const POWER_LOSSES: readonly PowerLoss[] = [
  { data: 'dropped', names: 'dropped' },
  { data: 'kept', names: 'kept' },
  { data: 'dropped', names: 'kept' },
  { data: 'torn', names: 'torn' },
  { data: 'scattered', names: 'kept' },
  { data: 'kept', names: 'scattered' },
];

/** A disk as it may be found, and the moments after which it may be found so. */
interface Aftermath {
  readonly image: DiskImage;
  readonly points: { readonly point: CrashPoint; readonly label: string }[];
}

/** The disks that the points leave, each once. */
const aftermathsOf = (
  points: readonly CrashPoint[],
  losses: readonly PowerLoss[],
  random: Random,
): Aftermath[] => {
  const byHash = new Map<string, Aftermath>();
  for (const point of points) {
    for (const loss of losses) {
      const image = point.disk.afterPowerLoss(loss, random);
      const hash = hashOf(image);
      const aftermath = byHash.get(hash) ?? { image, points: [] };
      byHash.set(hash, aftermath);
      const label = `${point.label}, data ${loss.data}, names ${loss.names}`;
      aftermath.points.push({ point, label });
    }
  }
  return [...byHash.values()];
};

const hashOf = (image: DiskImage): string => {
  const hash = createHash('sha1');
  for (const [path, content] of image) {
    hash.update(`${path}\0${content === FOLDER ? 'folder' : content.length}\0`);
    if (content !== FOLDER) hash.update(content);
  }
  return hash.digest('hex');
};

export interface Verdict {
  /** How many different disks were looked at. */
  readonly disks: number;
  /** What is wrong, one line for each moment and kind of power loss. */
  readonly failures: readonly string[];
}

/** Each disk that a power loss may leave is restarted from, three times over. */
export const checkPowerLosses = (
  history: History,
  points: readonly CrashPoint[],
  seed: number,
): Promise<Verdict> =>
  judgeAll(history, aftermathsOf(points, POWER_LOSSES, randomOf(seed)), restartThrice);

const judgeAll = async (
  history: History,
  aftermaths: readonly Aftermath[],
  restart: (image: DiskImage) => Promise<Contents>,
): Promise<Verdict> => {
  const failures: string[] = [];
  for (const { image, points: moments } of aftermaths) {
    const found = await restart(image).catch((error: unknown) => String(error));
    for (const { point, label } of moments) {
      const wrong = typeof found === 'string' ? found : judge(history, point, found);
      if (wrong !== undefined) failures.push(`${label}: ${wrong}`);
    }
  }
  return { disks: aftermaths.length, failures };
};

/**
 * Power is lost while a store recovers: from an earlier power loss, or from the death of a process
 * that left everything visible and little of it durable. What the store shows must outlast it.
 */
export const checkRecovery = async (
  history: History,
  point: CrashPoint,
  from: 'killed' | 'power lost',
  seed: number,
): Promise<Verdict> => {
  const random = randomOf(seed);
  const loss = POWER_LOSSES[below(random, POWER_LOSSES.length)] as PowerLoss;
  const disk =
    from === 'killed' ? point.disk : DiskModel.of(point.disk.afterPowerLoss(loss, random));
  const continued = history.upTo(point.outcomes);
  const recorder = new CrashRecorder(continued, `${from} ${point.label}, then `);
  await withDisk({ disk, onBoundary: recorder.onBoundary, seed }, async (files) => {
    const opened = await StoreUnderTest.open(files);
    const maker = new RequestMaker(random, 5_000);
    recorder.shown = await opened.contents();
    await opened.idle();
    // What was shown holds for as long as nothing else is sent.
    recorder.shown = undefined;
    await opened.send(continued, maker.batch());
    await closeWell(opened);
  });
  const losses = [POWER_LOSSES[0], POWER_LOSSES.at(-1)] as PowerLoss[];
  return judgeAll(continued, aftermathsOf(recorder.points, losses, random), restartOnce);
};

const judge = (history: History, { outcomes, shown }: CrashPoint, found: Contents) => {
  const wrong = history.judge(found, outcomes);
  if (wrong !== undefined || shown === undefined || isEqual(shown, found)) return wrong;
  return `shown before, and not now: ${describe(shown, found)}`;
};

/**
 * What is found on the disk at once. It must stay that way, with what is written after, through
 * the flushes and compactions of two more starts.
 */
const restartThrice = async (image: DiskImage): Promise<Contents> => {
  const first = await start(DiskModel.of(image), async (opened) => {
    const found = await opened.contents();
    await opened.idle();
    return { found, expected: await goOn(opened, found) };
  });
  let disk = first.disk;
  for (const ordinal of ['second', 'third']) {
    const next = await start(disk, (opened) => opened.contents());
    expectEqual(first.result.expected, next.result, `at the ${ordinal} start`);
    disk = next.disk;
  }
  return first.result.found;
};

const restartOnce = async (image: DiskImage): Promise<Contents> =>
  (await start(DiskModel.of(image), (opened) => opened.contents())).result;

const start = async <Result>(
  from: DiskModel,
  use: (opened: StoreUnderTest) => Promise<Result>,
): Promise<{ result: Result; disk: DiskModel }> =>
  withDisk({ disk: from }, async (files) => {
    const opened = await StoreUnderTest.open(files);
    const result = await use(opened);
    await closeWell(opened);
    return { result, disk: files.snapshot() };
  });

/** A store that came back takes readings, also of identities that it has. */
const goOn = async (opened: StoreUnderTest, found: Contents): Promise<Contents> => {
  const maker = new RequestMaker(randomOf(found.size), 10_000);
  const expected = new Map(found);
  const { readings } = maker.single();
  await opened.store.append(batchOf(readings));
  for (const reading of readings) expected.set(identityOf(reading), reading.heartRate);
  return expected;
};

const closeWell = async (opened: StoreUnderTest): Promise<void> => {
  await opened.idle();
  const { state, reasons } = opened.store.health();
  if (state === 'unavailable') throw new Error(`unavailable: ${reasons.join('; ')}`);
  await opened.store.close();
  const leftovers = await opened.leftovers();
  if (leftovers.length > 0) throw new Error(`left behind: ${leftovers.join(', ')}`);
};

const isEqual = (a: Contents, b: Contents): boolean =>
  a.size === b.size && [...a].every(([identity, rate]) => b.get(identity) === rate);

const expectEqual = (before: Contents, after: Contents, when: string): void => {
  if (!isEqual(before, after)) throw new Error(`${when}: ${describe(before, after)}`);
};

const describe = (before: Contents, after: Contents): string =>
  [...new Set([...before.keys(), ...after.keys()])]
    .filter((identity) => before.get(identity) !== after.get(identity))
    .map((identity) => `${identity} was ${before.get(identity)}, is ${after.get(identity)}`)
    .join('; ');
