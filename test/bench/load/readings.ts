/**
 * Made-up readings, the same ones each time: two devices a person, one reading every five seconds.
 * Of people with an even number both devices report the same instants, so that the priority has to
 * decide; of the others the second device is two seconds late.
 */
export const DEVICES = ['device_a', 'device_b'] as const;
export const SLOTS_PER_DAY = 17_250;
const SLOT_MS = 5_000;
const DAY_MS = 86_400_000;
const SLOTS_PER_SPELL = 120;

/** Chance that its input decides; a whole number of 32 bits. */
const mix = (input: number): number => {
  let mixed = Math.imul(input ^ (input >>> 16), 0x45d9f3b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  return (mixed ^ (mixed >>> 16)) >>> 0;
};

/**
 * Between 58 and 170: a person's own pulse, at rest most of the day, drifting a little and with
 * noise of nine beats. The noise decides how far readings can be compressed.
 */
export const heartRateAt = (user: number, device: number, slot: number): number => {
  const spell = Math.floor(slot / SLOTS_PER_SPELL);
  const spellOfDay = (spell * 7 + user * 3) % 144;
  const effort = spellOfDay < 6 ? 60 : spellOfDay < 30 ? 18 : 0;
  const drift = Math.floor(((slot % SLOTS_PER_SPELL) * 3) / 40);
  const noise = mix((user * DEVICES.length + device) * 200_003 + slot) % 9;
  return 58 + (mix(user + 1) % 30) + effort + 3 * device + drift + noise;
};

/** When a slot is, in milliseconds since its store's first day began; slots run on into the next day. */
export const slotMs = (slot: number): number =>
  Math.floor(slot / SLOTS_PER_DAY) * DAY_MS + (slot % SLOTS_PER_DAY) * SLOT_MS;

export const delayMs = (user: number, device: number): number =>
  device === 1 && user % 2 === 1 ? 2_000 : 0;

export const userId = (user: number): string => `user_${String(user).padStart(5, '0')}`;
