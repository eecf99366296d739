import { HeartRateApiError } from '../../../src/index.ts';
import { type Place, wayToKey } from './api-key.ts';
import { byId, element } from './dom.ts';

const notice = byId('notice', HTMLElement);
const title = byId('notice-title', HTMLHeadingElement);
const text = byId('notice-text', HTMLParagraphElement);
const errors = byId('notice-errors', HTMLUListElement);
const request = byId('notice-request', HTMLParagraphElement);
const actions = byId('notice-actions', HTMLDivElement);
const status = byId('status', HTMLParagraphElement);

/** A title and a text as sentences that follow each other. */
export const sentencesOf = ({ title, text }: Pick<Notice, 'title' | 'text'>): string =>
  `${title}${/[.?!]$/.test(title) ? '' : '.'} ${text}`;

/** Read aloud, and not seen. */
export const announce = (words: string): void => {
  status.textContent = words;
};

export const hideNotice = (): void => {
  notice.hidden = true;
};

export interface Notice {
  readonly title: string;
  readonly text: string;
  readonly errors?: readonly string[];
  readonly requestId?: string | undefined;
  readonly kind?: 'error' | 'empty';
  readonly actions?: readonly Node[];
}

/** Says what there is instead of a chart. */
export const showNotice = (shown: Notice): void => {
  notice.dataset.kind = shown.kind ?? 'empty';
  title.textContent = shown.title;
  text.textContent = shown.text;
  errors.replaceChildren(...(shown.errors ?? []).map((each) => element('li', '', each)));
  request.textContent = shown.requestId === undefined ? '' : `Request id: ${shown.requestId}`;
  actions.replaceChildren(...(shown.actions ?? []));
  notice.hidden = false;
  announce(sentencesOf(shown));
};

/** What went wrong, in the words of the service where it said some. */
export const noticeOf = (error: unknown, place: Place = 'page'): Notice => {
  if (error instanceof HeartRateApiError) {
    const { problem, requestId } = error;
    return {
      kind: 'error',
      title: `${problem.title} (${problem.status})`,
      text: problem.status === 401 ? wayToKey(place, problem.detail) : (problem.detail ?? ''),
      errors: (problem.errors ?? []).map(
        ({ pointer, detail }) => `${pointer || 'body'}: ${detail}`,
      ),
      requestId,
    };
  }
  const words = error instanceof Error ? error.message : String(error);
  return { kind: 'error', title: 'The service cannot be reached', text: words };
};
