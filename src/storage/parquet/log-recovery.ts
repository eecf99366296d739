import type { Sequence } from '../../readings/reading.ts';
import type { Files } from './disk/files.ts';
import type { Quarantine } from './disk/quarantine.ts';
import { replayLog } from './log/log-replay.ts';
import type { Maintenance } from './maintenance/maintenance.ts';

export interface RecoveryOptions {
  readonly files: Files;
  readonly dataDir: string;
  readonly quarantine: Quarantine;
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
  /** The last sequence in it; 0 when it is empty. */
  readonly lastSequence: Sequence;
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
  const { files, dataDir, quarantine, maintenance, maxUnflushedBytes, signal } = options;
  const found = { segments: 0, readings: 0, tornBytes: 0, lastSequence: 0 as Sequence };
  for await (const replayed of replayLog(files, dataDir, quarantine, signal)) {
    const { segment, recent, erasures, tornBytes } = replayed;
    found.segments++;
    found.readings += recent.size;
    found.tornBytes += tornBytes;
    found.lastSequence = Math.max(found.lastSequence, recent.lastSequence) as Sequence;
    for (const erasure of erasures) maintenance.startErasure(erasure);
    maintenance.enqueue({ segment, recent, erasures, sinceMs: performance.now() });
    maintenance.wake();
    await maintenance.unflushedBelow(maxUnflushedBytes * REPLAY_SHARE, signal);
  }
  maintenance.replayed();
  return found;
};
