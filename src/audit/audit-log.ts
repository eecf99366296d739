import type { AuditEvent } from './audit-event.ts';
import type { Action } from './audits.ts';
import { RotatedFile, type RotatedFileOptions } from './rotated-file.ts';

/**
 * How often what was written is made durable, the file is looked for where it should be and, after a
 * failure, writing is tried again.
 */
const CHECK_INTERVAL_MS = 1_000;

/** Nothing can be audited now, so nothing that must be audited may be done. */
export class AuditUnavailableError extends Error {
  override readonly name = 'AuditUnavailableError';
}

/** The log cannot be opened; the message says why. */
export class AuditFileError extends Error {
  override readonly name = 'AuditFileError';
}

/** Told what becomes of the log. */
export interface AuditObserver {
  recorded(action: Action): void;
  /** A line was not written, or may not be durable. */
  failed(): void;
  /** From now on nothing can be audited, until it is told that it `resumed`. */
  interrupted(error: Error): void;
  resumed(): void;
}

const lineOf = (fields: object): string =>
  JSON.stringify({ time: new Date().toISOString(), ...fields });

/**
 * Who did what with whose readings. After a failure it takes nothing until a line of its own, which
 * tells of the gap, has been written durably; that is tried once a second.
 */
export class AuditLog {
  readonly #file: RotatedFile;
  readonly #observer: AuditObserver;
  readonly #timer: NodeJS.Timeout;
  readonly #awaited = new Set<Promise<void>>();
  #isDurable = true;
  #isChecking = false;
  #problem: string | undefined;
  /** Since when nothing could be written, and how many lines should have been. */
  #gap = { since: '', lines: 0 };

  /** @throws AuditFileError */
  constructor(
    options: RotatedFileOptions,
    observer: AuditObserver,
    intervalMs = CHECK_INTERVAL_MS,
  ) {
    this.#observer = observer;
    try {
      this.#file = new RotatedFile(options);
    } catch (cause) {
      throw new AuditFileError(`AUDIT_FILE cannot be used: ${(cause as Error).message}`, { cause });
    }
    this.#timer = setInterval(() => void this.#check(), intervalMs).unref();
  }

  /** Why nothing can be audited; undefined when it can. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /**
   * Writes a line, which outlives the process from then on, and a second later a loss of power.
   * @throws AuditUnavailableError
   */
  record(event: AuditEvent): void {
    this.#attempt(() => this.#file.append(lineOf(event)));
    this.#isDurable = false;
    this.#observer.recorded(event.action);
  }

  /** Writes a line that outlives a loss of power. Rejects with an {@link AuditUnavailableError}. */
  async recordDurably(event: AuditEvent): Promise<void> {
    this.#attempt(() => this.#file.checkPlace());
    this.record(event);
    try {
      await this.#file.sync();
    } catch (error) {
      throw this.#failed(error as Error);
    }
  }

  /** Something is still to be recorded before the log can be closed. It must not reject. */
  stayOpenUntil(recorded: Promise<void>): void {
    this.#awaited.add(recorded);
    void recorded.then(() => this.#awaited.delete(recorded));
  }

  /** Rejects with the system's error when it is not known whether all is durable. */
  async close(): Promise<void> {
    await Promise.all(this.#awaited);
    clearInterval(this.#timer);
    await this.#file.close();
  }

  #attempt(write: () => void): void {
    if (this.#problem !== undefined) {
      this.#missed();
      throw new AuditUnavailableError(this.#problem);
    }
    try {
      write();
    } catch (error) {
      throw this.#failed(error as Error);
    }
  }

  #failed(error: Error): AuditUnavailableError {
    this.#interrupted(error);
    this.#missed();
    return new AuditUnavailableError(this.#problem, { cause: error });
  }

  #interrupted(error: Error): void {
    if (this.#problem === undefined) {
      this.#gap = { since: new Date().toISOString(), lines: 0 };
      this.#observer.interrupted(error);
    }
    // Without the path, which is nobody's business who asks how the service is.
    const why = 'code' in error ? error.code : error.message;
    this.#problem = `The audit log cannot be written: ${why}.`;
  }

  #missed(): void {
    this.#gap.lines++;
    this.#observer.failed();
  }

  /** Never rejects. */
  async #check(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    const isResuming = this.#problem !== undefined;
    try {
      this.#file.checkPlace();
      if (isResuming) this.#file.append(lineOf({ event: 'resumed', ...this.#gap }));
      else if (this.#isDurable) return;
      this.#isDurable = true;
      await this.#file.sync();
      if (!isResuming) return;
      this.#problem = undefined;
      this.#observer.resumed();
    } catch (error) {
      if (isResuming) this.#interrupted(error as Error);
      else this.#failed(error as Error);
    } finally {
      this.#isChecking = false;
    }
  }
}
