import { SeededRandom } from '../../../src/cli/generate-data/random.ts';
import { ReadingRequests, type ReadingsSpec, userOf } from './reading-requests.ts';

/** GETs of these paths: each once, or at random without end. */
interface QueriesSpec {
  readonly kind: 'queries';
  readonly paths: readonly string[];
  readonly order: 'once' | 'random';
}

/** In turns a POST of one reading and a GET of its user's path. */
interface ChangesSpec {
  readonly kind: 'changes';
  readonly readings: ReadingsSpec;
  /** By user. */
  readonly paths: readonly string[];
}

export type RequestsSpec = ReadingsSpec | QueriesSpec | ChangesSpec;

/** Hands one connection its next request, valid until the one after; undefined at the end. */
export type NextRequest = () => Buffer | undefined;

const get = (path: string, host: string): Buffer =>
  Buffer.from(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);

const queries = ({ paths, order }: QueriesSpec, host: string): (() => NextRequest) => {
  const requests = paths.map((path) => get(path, host));
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

const changes = ({ readings: spec, paths }: ChangesSpec, host: string): (() => NextRequest) => {
  const gets = paths.map((path) => get(path, host));
  let next = spec.firstRequest;
  return () => {
    const own = new ReadingRequests(spec, host);
    let query: Buffer | undefined;
    return () => {
      const due = query;
      if (due !== undefined) {
        query = undefined;
        return due;
      }
      query = gets[userOf(next, spec.users)];
      return own.request(next++);
    };
  };
};

/** What to give each of a job's connections; together they send every request once. */
export const requestsFor = (spec: RequestsSpec, host: string): (() => NextRequest) => {
  switch (spec.kind) {
    case 'queries':
      return queries(spec, host);
    case 'readings':
      return readings(spec, host);
    case 'changes':
      return changes(spec, host);
  }
};
