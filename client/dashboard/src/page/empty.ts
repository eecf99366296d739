import type { StoredReading } from '../../../src/index.ts';
import { dateOf, type Range } from '../view/range.ts';
import { button, idText } from './dom.ts';
import { formatBpm, formatTime } from './format.ts';
import type { Notice } from './notice.ts';
import { knownUsers } from './settings.ts';

interface Ways {
  readonly sendTest: () => void;
  readonly chooseUser: (user: string) => void;
  readonly chooseRange: (range: Range) => void;
}

const MAX_OFFERED_USERS = 5;

/** Nobody was chosen yet. */
export const welcomeNotice = ({ sendTest, chooseUser }: Ways): Notice => {
  const known = knownUsers().slice(0, MAX_OFFERED_USERS);
  const offers = known.map((user) => {
    const offer = button('', () => chooseUser(user));
    offer.append(idText(user));
    return offer;
  });
  return {
    title: 'Whose heart rate?',
    text:
      known.length > 0
        ? 'Type a user id above, or take one of those that were shown here before.'
        : 'Type a user id above. If there are no readings yet, send one of your own: it is in the chart a moment later.',
    actions: [
      ...offers,
      button('Send a test reading', sendTest, offers.length > 0 ? '' : 'primary'),
    ],
  };
};

/** There are no readings in the range; `latest` is the most recent one, if there is any. */
export const emptyNotice = (
  latest: StoredReading | null,
  { sendTest, chooseRange }: Ways,
): Notice => {
  if (latest === null) {
    return {
      title: 'No readings of this user',
      text: 'The service has none. Is the id spelled right?',
      actions: [button('Send a test reading', sendTest)],
    };
  }
  const atMs = Date.parse(latest.timestamp);
  const show = (): void => chooseRange({ kind: 'day', date: dateOf(atMs) });
  return {
    title: 'No readings in this range',
    text: `The latest of this user is ${formatBpm(latest.heart_rate)} bpm, ${formatTime(atMs)}.`,
    actions: [button('Show that day', show, 'primary'), button('Send a test reading', sendTest)],
  };
};
