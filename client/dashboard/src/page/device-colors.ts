const COLORS = 8;

/** Which of the eight colours a device has. It keeps it as long as the same user is shown. */
export class DeviceColors {
  readonly #numbers = new Map<string, number>();

  /** Gives colours to devices that have none, in the order of their ids. */
  add(devices: Iterable<string>): void {
    for (const device of [...new Set(devices)].sort()) {
      if (!this.#numbers.has(device)) this.#numbers.set(device, (this.#numbers.size % COLORS) + 1);
    }
  }

  clear(): void {
    this.#numbers.clear();
  }

  /** From 1 to 8, as in `--device-1`. */
  numberOf(device: string): number {
    return this.#numbers.get(device) ?? COLORS;
  }
}
