import type { DevicePriority } from './device-priority.ts';

/** Each is looked at for each reading of a query: 32 prefixes take 12 ms for 86,400 readings. */
const MAX_ENTRIES = 32;
const MAX_PRIORITY = 1_000_000;

export interface ParsedPriorities {
  readonly priorities: readonly DevicePriority[];
  /** What is wrong with the text, to be read after its name; empty when nothing is. */
  readonly mistakes: readonly string[];
}

/**
 * `device_a=1,polar-*=2`: entries with commas between them, each an id or a prefix with `*` after
 * it, and a priority from 1. Blanks around entries, ids and priorities do not count.
 */
export const parseDevicePriorities = (text: string): ParsedPriorities => {
  const entries = text.split(',').map((entry) => entry.trim());
  if (entries.length > MAX_ENTRIES) {
    return {
      priorities: [],
      mistakes: [`must have at most ${MAX_ENTRIES} entries, not ${entries.length}`],
    };
  }
  const priorities: DevicePriority[] = [];
  const mistakes: string[] = [];
  const seen = new Set<string>();
  for (const entry of entries) {
    // The last one, because an id may have some, too.
    const equals = entry.lastIndexOf('=');
    const device = entry.slice(0, Math.max(0, equals)).trim();
    const priority = entry.slice(equals + 1).trim();
    const mistake = mistakeIn(device, priority, entry) ?? repeated(seen, device);
    if (mistake === undefined) priorities.push(entryOf(device, Number(priority)));
    else mistakes.push(mistake);
  }
  return { priorities, mistakes };
};

const mistakeIn = (device: string, priority: string, entry: string): string | undefined => {
  if (device === '') {
    return `must have entries like device_a=1 or polar-*=2, not ${JSON.stringify(entry)}`;
  }
  if (device.slice(0, -1).includes('*')) {
    return `may have * only at the end of an id, not as in ${JSON.stringify(device)}`;
  }
  const value = /^\d+$/.test(priority) ? Number(priority) : Number.NaN;
  if (value >= 1 && value <= MAX_PRIORITY) return undefined;
  return (
    `must give ${JSON.stringify(device)} a whole number from 1 to ${MAX_PRIORITY}, ` +
    `not ${JSON.stringify(priority)}`
  );
};

const repeated = (seen: Set<string>, device: string): string | undefined => {
  if (seen.has(device)) return `must name ${JSON.stringify(device)} once, not twice`;
  seen.add(device);
  return undefined;
};

const entryOf = (device: string, priority: number): DevicePriority =>
  device.endsWith('*') ? { prefix: device.slice(0, -1), priority } : { deviceId: device, priority };
