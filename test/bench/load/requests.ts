import { SeededRandom } from '../../../client/generator/random.ts';
import { ReadingRequests, type ReadingsSpec } from './reading-requests.ts';

/** GETs of these paths: each once, or at random without end. */
interface QueriesSpec {
  readonly kind: 'queries';
  readonly paths: readonly string[];
  readonly order: 'once' | 'random';
}

export type RequestsSpec = ReadingsSpec | QueriesSpec;

/** Hands one connection its next request, valid until the one after; undefined at the end. */
export type NextRequest = () => Buffer | undefined;

const queries = ({ paths, order }: QueriesSpec, host: string): (() => NextRequest) => {
  const requests = paths.map((path) =>
    Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
  );
  const random = new SeededRandom(paths.length);
  let next = 0;
  const one =
    order === 'once'
      ? () => requests[next++]
      : () => requests[random.integer(0, requests.length - 1)];
  return () => one;
};

const readings = (spec: ReadingsSpec, host: string): (() => NextRequest) => {
  let next = spec.firstRequest;
  const end = spec.firstRequest + (spec.requests ?? Number.POSITIVE_INFINITY);
  return () => {
    const own = new ReadingRequests(spec, host);
    return () => (next < end ? own.request(next++) : undefined);
  };
};

/** What to give each of a job's connections; together they send every request once. */
export const requestsFor = (spec: RequestsSpec, host: string): (() => NextRequest) =>
  spec.kind === 'queries' ? queries(spec, host) : readings(spec, host);
