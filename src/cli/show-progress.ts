/** What a progress line is written to: stderr, or something like it. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const BAR_WIDTH = 24;
const TERMINAL_INTERVAL_MS = 100;
const LOG_INTERVAL_MS = 5_000;

/** `[███░░…]` */
export const bar = (share: number): string => {
  const filled = Math.round(share * BAR_WIDTH);
  return `[${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}]`;
};

/** A line as it is written over the last one of a terminal; in a log and elsewhere, a new line. */
export const drawn = (line: string, { isTTY, columns = 80 }: ProgressOutput): string =>
  // A line as wide as the terminal would wrap, and the next could not take its place.
  isTTY ? `\r${line.slice(0, columns - 1)}\x1b[K` : `${line}\n`;

/**
 * Shows how far a task has come, in a line, from its beginning to its end, now and then in between.
 */
export const showProgress = async <T>(
  task: () => Promise<T>,
  progress: () => string,
  output: ProgressOutput,
): Promise<T> => {
  const draw = (): unknown => output.write(drawn(progress(), output));
  const intervalMs = output.isTTY ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS;
  const timer = setInterval(draw, intervalMs);
  try {
    return await task();
  } finally {
    clearInterval(timer);
    draw();
    if (output.isTTY) output.write('\n');
  }
};
