import { HeartRateApiError } from '../../../src/index.ts';
import { byId } from './dom.ts';

const field = byId('api-key-field', HTMLDivElement);
const input = byId('api-key', HTMLInputElement);

/** Of this tab, and gone with it: who comes to the browser later has not the key as well. */
const KEPT = 'heart-rate.api-key';

const keptKey = (): string => {
  try {
    return sessionStorage.getItem(KEPT) ?? '';
  } catch {
    // No storage: the field alone has it.
    return '';
  }
};

const keep = (key: string): void => {
  try {
    sessionStorage.setItem(KEPT, key);
  } catch {
    // It is typed again after the page is loaded again.
  }
};

/** What a service that asks for a key is sent; nothing when none was entered. */
export const keyHeaders = (): Record<string, string> => {
  const key = input.value.trim();
  // Of other characters no header can be made.
  return /^[\x21-\x7e]+$/.test(key) ? { Authorization: `Bearer ${key}` } : {};
};

/** Where the words about a failure are: behind a dialog, the page takes no input. */
export type Place = 'page' | 'dialog';

/** What to do after a 401. The service tells of a header; who is at the page has a field for it. */
export const wayToKey = (place: Place, detail = ''): string => {
  const hasKey = 'Authorization' in keyHeaders();
  const why = hasKey ? detail : 'The service asks for a key.';
  const before = place === 'dialog' ? 'Close this, type' : 'Type';
  return `${why} ${before} ${hasKey ? 'another' : 'yours'} into “API key” above, then press Enter.`;
};

/** Shows the field for a key when it was for want of one that the service refused. */
export const askForKey = (error: unknown): void => {
  if (!(error instanceof HeartRateApiError)) return;
  if ([401, 403].includes(error.problem.status)) field.hidden = false;
};

/** Tells when another key has been entered. */
export const mountApiKey = (onChange: () => void): void => {
  input.addEventListener('change', () => {
    keep(input.value.trim());
    onChange();
  });
};

input.value = keptKey();
field.hidden = input.value === '';
