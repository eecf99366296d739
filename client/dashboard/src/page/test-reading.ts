import { HeartRateApiError, type Reading } from '../../../src/index.ts';
import { client } from '../service.ts';
import { askForKey } from './api-key.ts';
import { byId, element } from './dom.ts';
import { noticeOf, sentencesOf } from './notice.ts';

const dialog = byId('test-reading', HTMLDialogElement);
const form = byId('test-reading-form', HTMLFormElement);
const problem = byId('test-problem', HTMLDivElement);
const user = byId('test-user', HTMLInputElement);
const device = byId('test-device', HTMLInputElement);
const bpm = byId('test-bpm', HTMLInputElement);
const time = byId('test-time', HTMLInputElement);

const FIRST_USER = 'me';
const FIRST_DEVICE = 'test-device';
const FIRST_BPM = '72';

/** The fields by the pointer that a problem has for them. */
const FIELDS: Readonly<Record<string, HTMLInputElement>> = {
  '/user_id': user,
  '/device_id': device,
  '/heart_rate': bpm,
  '/timestamp': time,
};

/** What was typed, as it was typed: the service says what is wrong with it. */
const readingOf = (): Reading => ({
  user_id: user.value,
  device_id: device.value,
  heart_rate: Number(bpm.value.replace(',', '.')),
  timestamp: (time.value === '' ? new Date() : new Date(time.value)).toISOString(),
});

const markFields = (pointers: readonly string[]): void => {
  for (const [pointer, input] of Object.entries(FIELDS)) {
    const isWrong = pointers.includes(pointer);
    if (isWrong) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
  }
  const first = pointers.find((pointer) => FIELDS[pointer] !== undefined);
  if (first !== undefined) FIELDS[first]?.focus();
};

const showProblem = (error: unknown): void => {
  askForKey(error);
  const notice = noticeOf(error, 'dialog');
  const lines = [sentencesOf(notice), ...(notice.errors ?? [])].map((line) =>
    element('p', '', line),
  );
  problem.replaceChildren(...lines);
  const pointers = error instanceof HeartRateApiError ? (error.problem.errors ?? []) : [];
  markFields(pointers.map(({ pointer }) => pointer));
};

const clearProblem = (): void => {
  problem.replaceChildren();
  markFields([]);
};

/** Opens the form for the user that is shown, or for one to begin with. */
export const openTestReading = (shownUser: string): void => {
  clearProblem();
  user.value = shownUser || user.value || FIRST_USER;
  device.value ||= FIRST_DEVICE;
  bpm.value ||= FIRST_BPM;
  dialog.showModal();
  bpm.select();
};

/** `onSent` gets each reading once the service has it on disk. */
export const mountTestReading = (onSent: (reading: Reading) => void): void => {
  const submit = form.querySelector('button') as HTMLButtonElement;
  const send = async (): Promise<void> => {
    const reading = readingOf();
    submit.disabled = true;
    clearProblem();
    try {
      await client.ingest(reading);
      dialog.close();
      onSent(reading);
    } catch (error) {
      showProblem(error);
    } finally {
      submit.disabled = false;
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send();
  });
  byId('test-cancel', HTMLButtonElement).addEventListener('click', () => dialog.close());
};
