import { drawn, type ProgressOutput } from '../../src/cli/show-progress.ts';

const TERMINAL_INTERVAL_MS = 200;

/** Says what is being done: on a terminal in one line with a clock, elsewhere a line for each step. */
export class Progress {
  readonly #output: ProgressOutput;
  readonly #timer: NodeJS.Timeout | undefined;
  readonly #startMs = performance.now();
  #step = '';

  constructor(output: ProgressOutput) {
    this.#output = output;
    if (output.isTTY) this.#timer = setInterval(() => this.#draw(), TERMINAL_INTERVAL_MS);
  }

  step(text: string): void {
    this.#step = text;
    this.#draw();
  }

  /** Takes the line off the terminal. */
  end(): void {
    clearInterval(this.#timer);
    if (this.#output.isTTY) this.#output.write(drawn('', this.#output));
  }

  #draw(): void {
    const elapsedSeconds = Math.round((performance.now() - this.#startMs) / 1000);
    this.#output.write(
      drawn(`${String(elapsedSeconds).padStart(4)} s  ${this.#step}`, this.#output),
    );
  }
}
