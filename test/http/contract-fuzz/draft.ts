import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Parameter, PlacedOperation } from '../../../src/openapi/spec-document.ts';
import { MARK } from './hostile-values.ts';
import { valuesOf } from './schema-values.ts';

export const NDJSON = 'application/x-ndjson';

export interface DraftBody {
  readonly type: string;
  /** As it is before it is compressed. */
  readonly bytes: Buffer;
  readonly coding: string;
  readonly wire: Buffer;
}

/** A request before it is sent. */
export interface Draft {
  readonly method: string;
  readonly path: string;
  /** Neither is encoded yet. */
  readonly query: readonly (readonly [string, string])[];
  /** Put behind the query as it is. */
  readonly suffix: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: DraftBody | undefined;
  /** Nothing is left that the contract would not take. */
  readonly isValid: boolean;
}

const CODERS: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: gzipSync,
  deflate: deflateSync,
};

export const bodyOf = (type: string, bytes: Buffer, coding: string): DraftBody => ({
  type,
  bytes,
  coding,
  wire: CODERS[coding]?.(bytes) ?? bytes,
});

const DAY_MS = 86_400_000;
const FIRST_MS = Date.parse('2024-01-15T00:00:00Z');
const range = fc
  .tuple(fc.integer({ min: -DAY_MS, max: DAY_MS }), fc.integer({ min: 1, max: 399 * DAY_MS }))
  .map(([startMs, lengthMs]) => ({
    start: new Date(FIRST_MS + startMs).toISOString(),
    end: new Date(FIRST_MS + startMs + lengthMs).toISOString(),
  }));

/** What a parameter may be, as the texts that are sent for it, or nothing. */
const parameterTexts = ({ schema, required }: Parameter): fc.Arbitrary<readonly string[]> => {
  const texts = valuesOf(schema).chain((value): fc.Arbitrary<readonly string[]> => {
    if (!Array.isArray(value)) return fc.constant([String(value)]);
    const distinct = [...new Set(value.map(String))];
    return fc.constantFrom<readonly string[]>(distinct, [distinct.join(',')]);
  });
  return required === true ? texts : fc.oneof(texts, fc.constant([]));
};

/** What the contract cannot know. */
export interface Known {
  readonly token: string;
  /** What `GET /assets/{name}` has. */
  readonly assets: readonly string[];
}

const parametersOf = ({ parameters }: PlacedOperation, { assets }: Known) => {
  const inPath = fc.constantFrom(MARK, ...assets).map((name) => [name]);
  const textsOf = (parameter: Parameter) =>
    (parameter.in === 'path' ? inPath : parameterTexts(parameter)).map((texts) => ({
      parameter,
      texts,
    }));
  return fc.tuple(range, ...parameters.map(textsOf));
};

const contentOf = ({ operation }: PlacedOperation): fc.Arbitrary<DraftBody | undefined> => {
  const types = Object.entries(operation.requestBody?.content ?? {});
  const first = types[0]?.[1].schema;
  if (first === undefined) return fc.constant(undefined);
  const coding = fc.constantFrom('', '', '', 'gzip', 'deflate', 'identity');
  const type = fc.constantFrom(...types.map(([name]) => name));
  // Lines are the readings of a batch.
  return fc.tuple(type, valuesOf(first), coding).map(([name, value, how]) => {
    const { readings } = value as { readings?: readonly unknown[] };
    const lines = () => readings?.map((one) => JSON.stringify(one)).join('\n') ?? '';
    const text = name === NDJSON ? lines() : JSON.stringify(value);
    return bodyOf(name, Buffer.from(text), how);
  });
};

const usualHeaders = fc.record(
  {
    accept: fc.constantFrom('*/*', 'text/csv', 'application/json'),
    'accept-encoding': fc.constantFrom('gzip', 'deflate', 'identity', 'br'),
    'x-request-id': fc.constantFrom('trace-1', 'a=b'),
  },
  { requiredKeys: [] },
);

/** Requests that the contract takes, of one operation. */
export const validDrafts = (placed: PlacedOperation, known: Known): fc.Arbitrary<Draft> => {
  // What takes no parameters is the same each time, and may be megabytes.
  const gets = placed.parameters.length === 0 ? 1 : 4;
  const get = fc.oneof(
    { weight: gets, arbitrary: fc.constant('GET') },
    { weight: 2, arbitrary: fc.constant('HEAD') },
  );
  const method = placed.method === 'get' ? get : fc.constant(placed.method.toUpperCase());
  return fc
    .tuple(method, parametersOf(placed, known), contentOf(placed), usualHeaders)
    .map(([name, [{ start, end }, ...given], body, some]) => {
      const query: [string, string][] = [];
      const headers: Record<string, string> = { ...some, authorization: `Bearer ${known.token}` };
      let { path } = placed;
      for (const { parameter, texts } of given) {
        // Which of two instants comes first no schema says.
        const ofRange = parameter.name === 'start' ? start : parameter.name === 'end' ? end : '';
        for (const text of texts) {
          if (parameter.in === 'query') query.push([parameter.name, ofRange || text]);
          else if (parameter.in === 'header') headers[parameter.name] = text;
          else path = path.replace(`{${parameter.name}}`, encodeURIComponent(text));
        }
      }
      if (body !== undefined) headers['content-type'] = body.type;
      if (body !== undefined && body.coding !== '') headers['content-encoding'] = body.coding;
      return { method: name, path, query, suffix: '', headers, body, isValid: true };
    });
};

const encoded = (text: string): string => encodeURIComponent(text.replace(/\p{Cs}/gu, '\ufffd'));

export const targetOf = ({ path, query, suffix }: Draft): string => {
  const search = query.map((pair) => pair.map(encoded).join('=')).join('&') + suffix;
  return search === '' ? path : `${path}?${search}`;
};
