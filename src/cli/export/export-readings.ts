import { stat } from 'node:fs/promises';
import { HeartRateApiError } from '../../../client/src/index.ts';
import { hasCode, messageOf } from '../../thrown.ts';
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts';
import { keyHeaders } from '../service-key.ts';
import { checkedEnd } from './checked-end.ts';
import { writeWhole } from './write-whole.ts';

/** What the command line says. */
export interface ExportRequest {
  readonly url: string;
  readonly user: string;
  readonly start?: string;
  readonly end?: string;
  readonly device?: string;
  readonly format: string;
  /** A file, or `-` for standard output. */
  readonly output: string;
  readonly json?: boolean;
}

const addressOf = ({ url, user, start, end, device, format }: ExportRequest): string => {
  const asked = { user_id: user, start, end, device_id: device, format };
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(asked)) {
    if (value !== undefined) given.append(name, value);
  }
  return `${url.replace(/\/$/, '')}/metrics/heart-rate/export?${given}`;
};

const bodyOf = async (response: Response): Promise<ReadableStream<Uint8Array>> => {
  if (response.status !== 200) {
    const text = await response.text();
    const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json');
    throw new HeartRateApiError(response, isProblem ? JSON.parse(text) : text);
  }
  if (response.body === null) throw new Error('The response has no body.');
  return response.body;
};

/** `fetch failed` and `terminated` say nothing; their cause does. */
const reasonOf = (error: unknown): string =>
  error instanceof TypeError && error.cause instanceof Error
    ? error.cause.message
    : messageOf(error);

const isFolder = async (path: string): Promise<boolean> => {
  // What is not there yet, or cannot be reached, is told of when it is written to.
  const found = path === '-' ? undefined : await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
};

/**
 * Writes an export to where it is to go; ok when all of it is there. Rejects with a
 * {@link UsageError} when that is a folder.
 */
export const exportReadings = async (request: ExportRequest): Promise<ExitCode> => {
  const { output, format, json } = request;
  if (await isFolder(output)) throw new UsageError(`--output ${output} is a folder, not a file.`);
  try {
    const body = await bodyOf(await fetch(addressOf(request), { headers: keyHeaders() }));
    const bytes = await writeWhole(checkedEnd(body, format), output);
    if (json) process.stdout.write(`${JSON.stringify({ format, file: output, bytes })}\n`);
    else if (output !== '-') {
      process.stderr.write(`${output}: ${bytes.toLocaleString('en-US')} bytes, complete.\n`);
    }
    return EXIT.ok;
  } catch (error) {
    // Who read standard output has enough, as `head` does, and needs no words.
    if (output === '-' && hasCode(error, 'EPIPE')) return EXIT.failed;
    const outcome = output === '-' ? 'It is not complete' : 'Nothing was written';
    process.stderr.write(`${outcome}: ${reasonOf(error)}\n`);
    return EXIT.failed;
  }
};
