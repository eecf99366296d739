import type { Reading } from '../../../src/index.ts';
import { byId, idText } from '../page/dom.ts';
import { formatBpm, formatClock } from '../page/format.ts';

/** How the connection is. */
export type LiveState = 'connecting' | 'live' | 'lost';

const now = byId('now', HTMLParagraphElement);
const bpm = byId('now-bpm', HTMLElement);
const source = byId('now-source', HTMLSpanElement);

const WORDS: Readonly<Record<LiveState, string>> = {
  connecting: 'connecting …',
  live: 'waiting for a reading',
  lost: 'connection lost, trying again',
};

export const hideNow = (): void => {
  now.hidden = true;
};

/** How the connection is; after a reading came, only that it is lost is of interest. */
export const showState = (state: LiveState): void => {
  now.hidden = false;
  now.dataset.state = state;
  if (state !== 'live') bpm.textContent = '';
  source.textContent = WORDS[state];
};

export const showNow = ({ heart_rate, device_id, timestamp }: Reading): void => {
  bpm.textContent = `${formatBpm(heart_rate)} bpm`;
  source.replaceChildren(idText(device_id), `, ${formatClock(Date.parse(timestamp))}`);
};
