import { HeartRateApiError } from '../../../client/src/index.ts';
import { messageOf } from '../../thrown.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
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

/** Writes an export to where it is to go; ok when all of it is there. */
export const exportReadings = async (request: ExportRequest): Promise<ExitCode> => {
  const { output, format, json } = request;
  try {
    const body = await bodyOf(await fetch(addressOf(request), { headers: keyHeaders() }));
    const bytes = await writeWhole(checkedEnd(body, format), output);
    if (json) process.stdout.write(`${JSON.stringify({ format, file: output, bytes })}\n`);
    else if (output !== '-') {
      process.stderr.write(`${output}: ${bytes.toLocaleString('en-US')} bytes, complete.\n`);
    }
    return EXIT.ok;
  } catch (error) {
    const outcome = output === '-' ? 'It is not complete' : 'Nothing was written';
    process.stderr.write(`${outcome}: ${reasonOf(error)}\n`);
    return EXIT.failed;
  }
};
