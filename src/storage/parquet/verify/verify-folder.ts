import { join } from 'node:path';
import type { EpochDay } from '../../../readings/reading.ts';
import { formatDay } from '../../../readings/timestamp.ts';
import { hasCode } from '../../../thrown.ts';
import type { Files } from '../disk/files.ts';
import { FORMAT, KNOWN_FORMATS, readFormat } from '../disk/folder-format.ts';
import {
  covers,
  dayFolder,
  formatFile,
  isTemporary,
  lockFolderOf,
  logFolder,
  type PartName,
  parseDayFolder,
  parsePartName,
  parseSegmentName,
  partitionsFolder,
  quarantineFolder,
  sequenceFile,
} from '../disk/layout.ts';
import { readMark } from '../disk/sequence-mark.ts';
import { partsInForce } from '../parts/part-catalog.ts';
import { type Finding, isNote, type Report } from './finding.ts';
import type { HeartRateBounds } from './part-rows.ts';
import { LogVerifier, type SegmentContent } from './verify-log.ts';
import { verifyPart } from './verify-part.ts';
import { speakingFor, verifyQuarantined } from './verify-quarantine.ts';

export interface VerifyOptions {
  readonly files: Files;
  readonly dataDir: string;
  readonly heartRates: HeartRateBounds;
}

/** What was looked at. */
interface Checked {
  segments: number;
  records: number;
  /** Readings in the log. */
  readings: number;
  days: number;
  /** Parts in force; replaced ones, which wait for removal, are not counted and not read. */
  parts: number;
  /** Rows of those parts. */
  rows: number;
}

export interface VerifyResult {
  readonly dataDir: string;
  readonly checked: Checked;
  /** Something is wrong. */
  readonly findings: readonly Finding[];
  /** Nothing is wrong, but worth to know: what the next start, or the running service, tidies. */
  readonly notes: readonly Finding[];
}

/**
 * Checks a data folder, by itself or beside a running service: it writes nothing, takes no lock,
 * and passes over a file that is removed while it looks at it. Rejects when a folder cannot be
 * listed.
 */
export const verifyFolder = (options: VerifyOptions): Promise<VerifyResult> =>
  new FolderVerifier(options).run();

/** The names in the data folder that mean something. */
const TOP_LEVEL = [
  formatFile,
  lockFolderOf,
  logFolder,
  partitionsFolder,
  quarantineFolder,
  sequenceFile,
].map((of) => of(''));

interface DayPart extends PartName {
  readonly name: string;
}

class FolderVerifier {
  readonly #files: Files;
  readonly #dataDir: string;
  readonly #heartRates: HeartRateBounds;
  readonly #found: Finding[] = [];
  readonly #checked: Checked = { segments: 0, records: 0, readings: 0, days: 0, parts: 0, rows: 0 };
  readonly #partsOfDay = new Map<EpochDay, readonly DayPart[]>();

  constructor({ files, dataDir, heartRates }: VerifyOptions) {
    this.#files = files;
    this.#dataDir = dataDir;
    this.#heartRates = heartRates;
  }

  async run(): Promise<VerifyResult> {
    if (await this.#verifyFormat()) {
      await this.#verifyNames('', (name) => TOP_LEVEL.includes(name));
      await this.#verifyMark();
      await this.#verifyDays();
      await this.#verifyLog();
      await this.#verifyQuarantine();
    }
    return {
      dataDir: this.#dataDir,
      checked: this.#checked,
      findings: this.#found.filter((one) => !isNote(one)),
      notes: this.#found.filter(isNote),
    };
  }

  /** Whether the folder has a format that the other checks know. */
  async #verifyFormat(): Promise<boolean> {
    const format = await readFormat(this.#files, this.#dataDir);
    const report = this.#reportOf(formatFile(''));
    if (typeof format === 'number') {
      if (KNOWN_FORMATS.includes(format)) return true;
      const cause = `format ${format}, and ${FORMAT} is the last that is known; nothing else was checked`;
      report({ code: 'format-unknown', cause });
      return false;
    }
    if (format === undefined) {
      report({ code: 'format-missing', cause: 'no marker yet; the next start makes it' });
    } else report({ code: 'format-damaged', cause: format.damage });
    return true;
  }

  async #verifyMark(): Promise<void> {
    await this.#verifyFile('', sequenceFile(''), async (report) => {
      const mark = await readMark(this.#files, this.#dataDir);
      if (typeof mark === 'object') report({ code: 'sequence-damaged', cause: mark.damage });
    });
  }

  #reportOf(file: string): Report {
    return (finding) => this.#found.push({ file, ...finding });
  }

  /** Lists a folder, given from the data folder; reports every name that does not belong there. */
  async #verifyNames(folder: string, belongs: (name: string) => boolean): Promise<string[]> {
    const names = await this.#files.list(join(this.#dataDir, folder));
    for (const name of names) {
      if (belongs(name)) continue;
      const report = this.#reportOf(pathOf(folder, name));
      if (isTemporary(name)) {
        report({ code: 'temporary-file', cause: 'not finished, or being written' });
      } else if (!name.startsWith('.')) {
        // Readers pass over what is hidden, and so does this.
        report({ code: 'unknown-file', cause: 'not of the store; others may take it for data' });
      }
    }
    return names.filter(belongs);
  }

  /**
   * Checks one file. When it is gone afterwards, because the service removed it or set it aside,
   * whatever was found is not reported.
   */
  async #verifyFile<T>(
    folder: string,
    name: string,
    check: (report: Report) => Promise<T>,
  ): Promise<T | undefined> {
    const file = pathOf(folder, name);
    const found: Finding[] = [];
    let result: T | undefined;
    try {
      result = await check((finding) => found.push({ file, ...finding }));
    } catch (error) {
      found.push({ file, code: 'unreadable', cause: String(error) });
    }
    if (found.length > 0 && !(await this.#isThere(join(this.#dataDir, file)))) return undefined;
    this.#found.push(...found);
    return result;
  }

  async #isThere(path: string): Promise<boolean> {
    try {
      await this.#files.size(path);
      return true;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    }
  }

  async #verifyDays(): Promise<void> {
    const folder = partitionsFolder('');
    const isDay = (name: string) => parseDayFolder(name) !== undefined;
    for (const name of await this.#verifyNames(folder, isDay)) {
      await this.#verifyDay(pathOf(folder, name), parseDayFolder(name) as EpochDay);
      this.#checked.days++;
    }
  }

  async #verifyDay(folder: string, day: EpochDay): Promise<void> {
    const isPart = (name: string) => parsePartName(name) !== undefined;
    const names = await this.#verifyNames(folder, isPart);
    const parts = names.map((name): DayPart => ({ name, ...(parsePartName(name) as PartName) }));
    const inForce = partsInForce(parts);
    for (const part of parts) {
      if (inForce.includes(part)) continue;
      const cause = 'another part took its place; it waits for removal';
      this.#reportOf(pathOf(folder, part.name))({ code: 'superseded-part', cause });
    }
    this.#reportOverlaps(folder, inForce);
    for (const part of inForce) {
      const path = join(dayFolder(this.#dataDir, day), part.name);
      const rows = await this.#verifyFile(folder, part.name, (report) =>
        verifyPart(path, day, part, this.#heartRates, report),
      );
      if (rows === undefined) continue;
      this.#checked.parts++;
      this.#checked.rows += rows;
    }
    this.#partsOfDay.set(day, inForce);
  }

  #reportOverlaps(folder: string, parts: readonly DayPart[]): void {
    const ascending = [...parts].sort((a, b) => a.range.first - b.range.first);
    ascending.forEach((part, i) => {
      const before = ascending.slice(0, i).find(({ range }) => range.last >= part.range.first);
      if (before === undefined) return;
      const cause = `shares sequences with ${before.name}, and neither covers the other`;
      this.#reportOf(pathOf(folder, part.name))({ code: 'parts-overlap', cause });
    });
  }

  async #verifyLog(): Promise<void> {
    const folder = logFolder('');
    const isSegment = (name: string) => parseSegmentName(name) !== undefined;
    const names = await this.#verifyNames(folder, isSegment);
    const log = new LogVerifier(this.#files, this.#heartRates);
    for (const name of names) {
      const isLast = name === names.at(-1);
      const content = await this.#verifyFile(folder, name, async (report) => {
        const segment = await log.verify(this.#dataDir, name, isLast, report);
        this.#reportWhatIsInParts(segment, report);
        return segment;
      });
      if (content === undefined) continue;
      this.#checked.segments++;
      this.#checked.records += content.records;
      this.#checked.readings += content.readings;
    }
  }

  #reportWhatIsInParts({ days, range }: SegmentContent, report: Report): void {
    const isInParts = (day: EpochDay) =>
      this.#partsOfDay.get(day)?.some((part) => covers(part.range, range)) ?? false;
    const done = [...days].filter(isInParts);
    if (done.length === 0) return;
    const cause = `its readings of ${done.sort().map(formatDay).join(', ')} are in Parquet already`;
    report({ code: 'segment-in-parts', cause });
  }

  async #verifyQuarantine(): Promise<void> {
    const names = await this.#files.list(quarantineFolder(this.#dataDir));
    for (const name of speakingFor(names)) {
      await this.#verifyFile(quarantineFolder(''), name, (report) =>
        verifyQuarantined(this.#files, this.#dataDir, name, report),
      );
    }
  }
}

/** A path as it is reported, whatever the system's separator. */
const pathOf = (folder: string, name: string): string =>
  folder === '' ? name : `${folder}/${name}`;
