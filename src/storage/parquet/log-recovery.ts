import type { Files } from './disk/files.ts';
import type { Quarantine } from './disk/quarantine.ts';
import type { SequenceMark } from './disk/sequence-mark.ts';
import type { KnownDays } from './known-days.ts';
import { replayLog } from './log/log-replay.ts';
import type { Maintenance } from './maintenance/maintenance.ts';

export interface RecoveryOptions {
  readonly files: Files;
  readonly dataDir: string;
  readonly quarantine: Quarantine;
  /** Raised before a segment may go that alone tells of its sequences. */
  readonly mark: SequenceMark;
  /** Told of the days of what is found. */
  readonly knownDays: KnownDays;
  /** Who flushes what is found. */
  readonly maintenance: Maintenance;
  /** How much memory unflushed readings may take. */
  readonly maxUnflushedBytes: number;
  /** Ends it. */
  readonly signal: AbortSignal | undefined;
}

/** What an earlier process left in the log. */
export interface RecoveredLog {
  readonly segments: number;
  readonly readings: number;
  /** Bytes of unfinished records. */
  readonly tornBytes: number;
}

/**
 * Of what unflushed readings may take, how much may wait while one segment more is replayed. A
 * segment takes a quarter, so there is room for it, and for what its flush needs beside it.
 */
const REPLAY_SHARE = 1 / 2;

/**
 * Replays the log and has it flushed as it goes, because all of it may be more than fits in memory.
 * An erasure counts from when it is replayed on: what it voids may be in a part by then, as it may
 * when it is asked for. Rejects when the signal ends it; the next start goes on from there.
 */
export const recoverLog = async (options: RecoveryOptions): Promise<RecoveredLog> => {
  const { files, dataDir, quarantine, mark, maintenance, maxUnflushedBytes, signal } = options;
  const { knownDays } = options;
  const found = { segments: 0, readings: 0, tornBytes: 0 };
  for await (const replayed of replayLog(files, dataDir, quarantine, signal)) {
    const { segment, recent, erasures, tornBytes } = replayed;
    found.segments++;
    found.readings += recent.size;
    found.tornBytes += tornBytes;
    if (mark.value < recent.lastSequence) await mark.settle(recent.lastSequence);
    for (const byDevice of recent.byUser.values()) {
      for (const [, { timestampsMicros }] of byDevice) knownDays.note(timestampsMicros);
    }
    for (const erasure of erasures) maintenance.startErasure(erasure);
    maintenance.enqueue({ segment, recent, erasures, sinceMs: performance.now() });
    maintenance.wake();
    await maintenance.unflushedBelow(maxUnflushedBytes * REPLAY_SHARE, signal);
  }
  maintenance.replayed();
  return found;
};
