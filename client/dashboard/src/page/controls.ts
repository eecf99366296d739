import { INTERVALS, type Interval, intervalFor, isAllowed } from '../series/interval.ts';
import { dateAfter, dateOf, isTooLong, MAX_DAYS, type Range, type Span } from '../view/range.ts';
import type { View } from '../view/view.ts';
import { byId, element } from './dom.ts';
import { intervalName } from './format.ts';
import { knownUsers } from './settings.ts';

const form = byId('controls', HTMLFormElement);
const user = byId('user', HTMLInputElement);
const users = byId('known-users', HTMLDataListElement);
const latest = byId('latest', HTMLDivElement);
const day = byId('day', HTMLInputElement);
const from = byId('from', HTMLInputElement);
const to = byId('to', HTMLInputElement);
const betweenProblem = byId('between-problem', HTMLParagraphElement);
const interval = byId('interval', HTMLSelectElement);
const live = byId('live', HTMLButtonElement);

const MINUTE_TEXT_LENGTH = 'yyyy-mm-ddThh:mm'.length;

/** As a `datetime-local` field has it: local time, without its zone. */
const localText = (ms: number): string => {
  const clock = new Date(ms).toTimeString().slice(0, 5);
  return `${dateOf(ms)}T${clock}`.slice(0, MINUTE_TEXT_LENGTH);
};

const option = (value: string, label: string): HTMLOptionElement => {
  const made = element('option', '', label);
  made.value = value;
  return made;
};

const showIntervals = (chosen: Interval | 'auto', spanMs: number): void => {
  const auto = option('auto', `Auto (${intervalName(intervalFor(spanMs))})`);
  const others = INTERVALS.map((each) => {
    const made = option(each, intervalName(each));
    made.disabled = !isAllowed(each, spanMs);
    return made;
  });
  interval.replaceChildren(auto, ...others);
  interval.value = chosen !== 'auto' && isAllowed(chosen, spanMs) ? chosen : 'auto';
};

const BETWEEN_PROBLEMS = {
  tooLong: `At most ${MAX_DAYS} days at once: choose a later “From” or an earlier “To”.`,
  cut: `At most ${MAX_DAYS} days at once: these are the first of the range in the address.`,
  order: '“From” must be before “To”.',
} as const;

/** Says what is wrong with the two fields, or that nothing is. */
export const showBetweenProblem = (problem?: keyof typeof BETWEEN_PROBLEMS): void => {
  betweenProblem.textContent = problem === undefined ? '' : BETWEEN_PROBLEMS[problem];
  for (const each of [from, to]) {
    each.setAttribute('aria-invalid', String(problem === 'tooLong' || problem === 'order'));
  }
};

/** The range went on by itself: a field that somebody is in, or that was refused, stays as it is. */
export const showSlidSpan = ({ startMs, endMs }: Span): void => {
  if (betweenProblem.textContent !== '') return;
  if (document.activeElement !== from) from.value = localText(startMs);
  if (document.activeElement !== to) to.value = localText(endMs);
};

/** Shows a view in the controls. */
export const showControls = (view: View, span: Span): void => {
  user.value = view.user;
  users.replaceChildren(...knownUsers().map((known) => option(known, known)));
  const hours = view.range.kind === 'last' ? view.range.hours : 0;
  for (const each of latest.querySelectorAll('button')) {
    each.setAttribute('aria-pressed', String(Number(each.dataset.hours) === hours));
  }
  day.value = view.range.kind === 'day' ? view.range.date : '';
  from.value = localText(span.startMs);
  to.value = localText(span.endMs);
  showBetweenProblem();
  showIntervals(view.interval, span.endMs - span.startMs);
  live.setAttribute('aria-pressed', String(view.isLive));
};

const mountDay = (onRange: (range: Range) => void): void => {
  const step = (days: number) => () => {
    const start = day.value || dateOf(Date.parse(from.value) || Date.now());
    onRange({ kind: 'day', date: dateAfter(start, days) });
  };
  byId('day-before', HTMLButtonElement).addEventListener('click', step(-1));
  byId('day-after', HTMLButtonElement).addEventListener('click', step(1));
  // While a year is typed it is the year 2, then 20, then 202.
  day.addEventListener('change', () => {
    if (day.value !== '' && day.validity.valid) onRange({ kind: 'day', date: day.value });
  });
};

const mountBetween = (onRange: (range: Range) => void): void => {
  const change = (): void => {
    const span = { startMs: new Date(from.value).getTime(), endMs: new Date(to.value).getTime() };
    if (isTooLong(span)) showBetweenProblem('tooLong');
    else if (span.startMs >= span.endMs) showBetweenProblem('order');
    else if (span.startMs < span.endMs) onRange({ kind: 'between', span });
  };
  from.addEventListener('change', change);
  to.addEventListener('change', change);
};

/** Tells what of the view a person changes. */
export const mountControls = (onChange: (changed: Partial<View>) => void): void => {
  const onRange = (range: Range): void => onChange({ range });
  const onUser = (): void => {
    if (user.value.trim() !== '') onChange({ user: user.value });
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    onUser();
  });
  user.addEventListener('change', onUser);
  for (const each of latest.querySelectorAll('button')) {
    each.addEventListener('click', () =>
      onRange({ kind: 'last', hours: Number(each.dataset.hours) }),
    );
  }
  mountDay(onRange);
  mountBetween(onRange);
  interval.addEventListener('change', () => {
    onChange({ interval: INTERVALS.find((each) => each === interval.value) ?? 'auto' });
  });
  live.addEventListener('click', () => {
    onChange({ isLive: live.getAttribute('aria-pressed') !== 'true' });
  });
};
