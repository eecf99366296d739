import { areLimits, DEFAULT_LIMITS, type ZoneLimits } from '../series/zones.ts';

const MAX_USERS = 20;
const USERS = 'heart-rate.users';
const LIMITS = 'heart-rate.zone-limits';
const THEME = 'heart-rate.theme';

/** Kept in this browser. One that keeps nothing (private windows, policies) has nothing. */
const read = (key: string): unknown => {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null');
  } catch {
    // No storage, or not what this page wrote: as if it had never been here.
    return null;
  }
};

const write = (key: string, value: unknown): void => {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // The page works without, only not the next time.
  }
};

/** The users that were shown in this browser, the latest first. */
export const knownUsers = (): string[] => {
  const users = read(USERS);
  return Array.isArray(users) ? users.filter((user) => typeof user === 'string') : [];
};

export const rememberUser = (user: string): void =>
  write(USERS, [user, ...knownUsers().filter((known) => known !== user)].slice(0, MAX_USERS));

export const zoneLimits = (): ZoneLimits => {
  const limits = read(LIMITS);
  return Array.isArray(limits) && areLimits(limits) ? limits : DEFAULT_LIMITS;
};

export const keepZoneLimits = (limits: ZoneLimits): void => write(LIMITS, limits);

const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export const themeOf = (text: unknown): Theme => THEMES.find((each) => each === text) ?? 'auto';
export const keptTheme = (): Theme => themeOf(read(THEME));
export const keepTheme = (theme: Theme): void => write(THEME, theme);
