import { createHeartRateClient, type HeartRateClient } from '../../../client/src/index.ts';
import { zDeviceId, zUserId } from '../../../generated/zod/zod.gen.ts';
import type { Format } from '../../import/formats/format.ts';
import { FORMATS } from '../../import/formats/formats.ts';
import { ImportError, UnknownInputError } from '../../import/import-error.ts';
import { FileImport, type ImportOptions, type ImportResult } from '../../import/import-file.ts';
import { isZone, LocalClock } from '../../import/readings/local-clock.ts';
import { messageOf } from '../../thrown.ts';
import { countOf, countText } from '../count-text.ts';
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts';
import { keyHeaders } from '../service-key.ts';
import { showProgress } from '../show-progress.ts';
import { importProgressLine } from './progress-line.ts';

/** What the command line says. */
export interface ImportRequest {
  readonly user: string;
  readonly url: string;
  readonly device?: string;
  readonly deviceMap?: Readonly<Record<string, string>>;
  readonly tz?: string;
  readonly format?: string;
  readonly column?: Readonly<Record<string, string>>;
  readonly rejected?: string;
  readonly state?: string;
  readonly resume?: boolean;
  readonly json?: boolean;
}

/** What became of a file. */
interface Outcome {
  readonly file: string;
  readonly result?: ImportResult;
  readonly error?: string;
  /** Where the rejected rows are; left out without any. */
  readonly rejectedPath?: string;
  readonly code: ExitCode;
}

const formatNamed = (name: string | undefined): Format | undefined => {
  if (name === undefined) return undefined;
  const format = FORMATS.find((one) => one.name === name);
  if (format !== undefined) return format;
  const known = FORMATS.map((one) => `  ${one.name.padEnd(18)} ${one.title}`).join('\n');
  throw new UsageError(`--format ${name} is not known. There are:\n${known}`);
};

const checkRequest = (files: readonly string[], request: ImportRequest): void => {
  const { user, device, deviceMap = {}, tz, rejected, state } = request;
  if (!zUserId.safeParse(user).success) throw new UsageError('--user is no user id.');
  for (const id of [...(device === undefined ? [] : [device]), ...Object.values(deviceMap)]) {
    if (!zDeviceId.safeParse(id).success) throw new UsageError(`${id} is no device id.`);
  }
  if (tz !== undefined && !isZone(tz)) throw new UsageError(`--tz ${tz} is no known time zone.`);
  if (files.length > 1 && (rejected !== undefined || state !== undefined)) {
    throw new UsageError('--rejected and --state are for one file.');
  }
};

const optionsFor = (
  file: string,
  format: Format | undefined,
  request: ImportRequest,
  signal: AbortSignal,
): ImportOptions => {
  const { user, device, deviceMap = {}, tz, column = {}, url } = request;
  return {
    rules: {
      userId: user,
      devices: { deviceId: device, map: new Map(Object.entries(deviceMap)) },
      clock: tz === undefined ? undefined : new LocalClock(tz),
    },
    columns: column,
    format,
    rejectedPath: request.rejected ?? `${file}.rejected.ndjson`,
    statePath: request.state ?? `${file}.import-state.json`,
    resume: request.resume === true,
    identity: [url, user, device, deviceMap, tz, column, format?.name],
    signal,
  };
};

/** What to do with what is not stored yet. */
const HINT = 'What was acknowledged is stored. The same command with --resume goes on from there.';

const outcomeOf = (file: string, result: ImportResult): Outcome => {
  if (result.isInterrupted) {
    return { file, result, error: `It was interrupted. ${HINT}`, code: EXIT.failed };
  }
  if (result.stored > 0) return { file, result, code: EXIT.ok };
  const error =
    result.rows === 0
      ? 'It has no heart rates.'
      : 'None of its rows is a reading; nothing is stored.';
  return { file, result, error, code: EXIT.failed };
};

/** With one full stop, whatever it ends with, so that another sentence can follow. */
const sentenceOf = (text: string): string => `${text.trimEnd().replace(/[.:]{1,3}$/, '')}.`;

/** `acknowledged` rows are stored or in the rejected file. */
const failureOf = (file: string, error: unknown, acknowledged: number): Outcome => {
  const message = messageOf(error);
  if (error instanceof UnknownInputError) return { file, error: message, code: EXIT.usage };
  let outcome = 'Nothing was acknowledged as stored.';
  if (acknowledged > 0) {
    const isDamaged = error instanceof ImportError;
    outcome = isDamaged ? 'Only whole batches from before that place are stored.' : HINT;
  }
  return { file, error: `${sentenceOf(message)} ${outcome}`, code: EXIT.failed };
};

const summaryOf = ({ file, result, error }: Outcome, options: ImportOptions): string => {
  if (result === undefined) return `${file}: ${error}\n`;
  const { stored, rejected, formats, takenAsUtc, resumedAfter } = result;
  const kinds = Object.entries(formats).map(([name, inputs]) =>
    inputs > 1 ? `${inputs} of ${name}` : name,
  );
  const lines = [`${file} (${kinds.join(', ')}): ${countOf(stored, 'reading')} stored`];
  if (resumedAfter > 0) lines.push(`  went on after ${countOf(resumedAfter, 'row')} of before`);
  if (rejected > 0) lines.push(`  ${countOf(rejected, 'row')} rejected: ${options.rejectedPath}`);
  if (takenAsUtc > 0) {
    lines.push(
      `  ${countText(takenAsUtc)} ${takenAsUtc === 1 ? 'has' : 'have'} a local time, taken as UTC; --tz says of which zone`,
    );
  }
  if (error !== undefined) lines.push(`  ${error}`);
  return `${lines.join('\n')}\n`;
};

const importFile = async (
  file: string,
  options: ImportOptions,
  client: HeartRateClient,
): Promise<Outcome> => {
  const running = new FileImport(client, options);
  const beganMs = performance.now();
  const run = () => running.run(file);
  const line = () => importProgressLine(file, running.progress(), performance.now() - beganMs);
  try {
    const isShown = process.stderr.isTTY;
    const result = await (isShown ? showProgress(run, line, process.stderr) : run());
    const outcome = outcomeOf(file, result);
    return result.rejected > 0 ? { ...outcome, rejectedPath: options.rejectedPath } : outcome;
  } catch (error) {
    return failureOf(file, error, running.progress().rows);
  }
};

/** Runs a task with a signal for Ctrl-C. When that comes again, the process ends at once. */
const untilInterrupted = async <T>(task: (signal: AbortSignal) => Promise<T>): Promise<T> => {
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    return await task(interruption.signal);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
};

const importAll = async (
  files: readonly string[],
  format: Format | undefined,
  request: ImportRequest,
  client: HeartRateClient,
  signal: AbortSignal,
): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  for (const file of files) {
    if (signal.aborted) break;
    const options = optionsFor(file, format, request, signal);
    const outcome = await importFile(file, options, client);
    outcomes.push(outcome);
    const text = summaryOf(outcome, options);
    if (outcome.code !== EXIT.ok) process.stderr.write(text);
    else if (!request.json) process.stdout.write(text);
  }
  return outcomes;
};

/** Imports files, one after another, and ends with the worst of what became of them. */
export const importFiles = async (
  files: readonly string[],
  request: ImportRequest,
): Promise<ExitCode> => {
  checkRequest(files, request);
  const format = formatNamed(request.format);
  const client = createHeartRateClient({ baseUrl: request.url, headers: keyHeaders() });
  const outcomes = await untilInterrupted((signal) =>
    importAll(files, format, request, client, signal),
  );
  if (request.json) process.stdout.write(`${JSON.stringify({ files: outcomes })}\n`);
  if (outcomes.some(({ code }) => code === EXIT.failed)) return EXIT.failed;
  return outcomes.some(({ code }) => code === EXIT.usage) ? EXIT.usage : EXIT.ok;
};
