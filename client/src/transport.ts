import createFetchClient, { type Client } from 'openapi-fetch';
import type { paths } from '../../generated/openapi-types.ts';
import { HeartRateApiError, HeartRateConnectionError, isProblemOfType } from './errors.ts';
import type {
  CallOptions,
  HeartRateClientOptions,
  SingleCallOptions,
} from './heart-rate-client.ts';
import {
  baseUrlOf,
  deadlineMsOf,
  fetchOf,
  headersFrom,
  retryPolicyOf,
  timeoutMsOf,
} from './options.ts';
import { type RetryPolicy, requestWithRetries } from './retry.ts';

/** What openapi-fetch makes of a response: `data` of a success, else `error`, the body. */
export interface Result<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** What each request of a call is given. */
export type RequestParts = { readonly headers: Headers; readonly signal: AbortSignal };

type MakeRequest<Data> = (parts: RequestParts) => Promise<Result<Data>>;

/** The options of a call with those of the client where it has none. */
export interface CallSettings {
  readonly retry: RetryPolicy;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
  /** Asked before each request. */
  readonly headers: () => Promise<Headers>;
}

/** The service looked and found nothing. Any other 404 is of a wrong baseUrl, or of a proxy. */
export const isNothingFound = ({ response, error }: Result<unknown>): boolean =>
  response.status === 404 && isProblemOfType(error, 'urn:problem:heart-rate:no-readings');

export const dataOf = <Data>(
  { data, error, response }: Result<Data>,
  isExpected: (body: unknown) => boolean,
): Data => {
  if (!response.ok) throw new HeartRateApiError(response, error);
  // The contract has no other success.
  if (response.status === 200 && data !== undefined && isExpected(data)) return data;
  const what = data === undefined ? 'no body' : 'a body that is not of the heart-rate service';
  throw new HeartRateConnectionError(`The response (${response.status}) has ${what}`);
};

const settingsOf = (options: CallOptions = {}, settings?: CallSettings): CallSettings => ({
  retry: retryPolicyOf(options.retry, settings?.retry),
  timeoutMs: timeoutMsOf(options.timeoutMs, settings?.timeoutMs),
  deadlineMs: deadlineMsOf(options.deadlineMs, settings?.deadlineMs),
  signal: options.signal,
  headers: headersFrom(options.headers, settings?.headers),
});

const ask = <Data>(
  request: MakeRequest<Data>,
  { headers, ...settings }: CallSettings,
): Promise<Result<Data>> =>
  requestWithRetries(async (signal) => request({ headers: await headers(), signal }), settings);

/** Makes the requests of a client, with its options. */
export interface Transport {
  readonly api: Client<paths>;
  /** @throws TypeError or RangeError when an option makes no sense. */
  settingsOf(options?: CallOptions): CallSettings;
  callWith<Data>(request: MakeRequest<Data>, settings: CallSettings): Promise<Result<Data>>;
  /** Asks until a response is worth having. */
  call<Data>(request: MakeRequest<Data>, options?: CallOptions): Promise<Result<Data>>;
  /** Asks once, whatever comes of it. */
  callOnce<Data>(request: MakeRequest<Data>, options?: SingleCallOptions): Promise<Result<Data>>;
}

export const transportOf = (client: HeartRateClientOptions): Transport => {
  const settings = settingsOf(client);
  return {
    api: createFetchClient<paths>({
      baseUrl: baseUrlOf(client.baseUrl),
      fetch: fetchOf(client.fetch),
    }),
    settingsOf: (options) => settingsOf(options, settings),
    callWith: ask,
    call: async (request, options) => ask(request, settingsOf(options, settings)),
    callOnce: async (request, options) => {
      const { retry, ...others } = settingsOf(options, settings);
      return ask(request, { ...others, retry: { ...retry, attempts: 1 } });
    },
  };
};
