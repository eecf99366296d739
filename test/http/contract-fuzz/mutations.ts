import fc from 'fast-check';
import { bodyOf, type Draft, type DraftBody } from './draft.ts';
import { HOSTILE_ENCODINGS, headerText, hostileText, hostileValue } from './hostile-values.ts';

/** One change of a request that may make it one that the contract does not take. */
type Mutation = (draft: Draft) => Draft;

/** The bodies of the service under test may have so many bytes. */
export const MAX_BODY_BYTES = 20_000;

const ofQuery = fc
  .tuple(fc.constantFrom('drop', 'double', 'replace', 'rename', 'add'), fc.nat(5), hostileText)
  .map(
    ([how, at, text]): Mutation =>
      ({ query, ...draft }) => {
        const pairs = [...query];
        const [name = 'user_id', value = ''] = pairs[at % Math.max(1, pairs.length)] ?? [];
        const index = pairs.length === 0 ? 0 : at % pairs.length;
        if (how === 'drop') pairs.splice(index, 1);
        else if (how === 'double') pairs.push([name, value]);
        else if (how === 'replace') pairs[index] = [name, text];
        else if (how === 'rename') pairs[index] = [name.toUpperCase(), value];
        else pairs.push([text, text]);
        return { ...draft, query: pairs };
      },
  );

const ofTarget = fc.tuple(fc.constantFrom(...HOSTILE_ENCODINGS), fc.boolean()).map(
  ([text, inPath]): Mutation =>
    (draft) => {
      if (!inPath) return { ...draft, suffix: `${draft.suffix}&x=${text}` };
      return { ...draft, path: `${draft.path}/${text.replace(/[?#]/, '')}` };
    },
);

const ofPath = fc.constantFrom('/', '/1', '//', '/..', '/%2e%2e', '/.', '%2f', '/fuzzmark').map(
  (more): Mutation =>
    (draft) => ({ ...draft, path: draft.path + more }),
);

const ofMethod = fc
  .constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', 'QUERY')
  .map(
    (method): Mutation =>
      (draft) => ({ ...draft, method }),
  );

const HEADERS = {
  'content-type': [
    ...[
      'application/json; charset=latin1',
      'application/json;',
      'APPLICATION/JSON',
      'text/csv',
      ';',
    ],
    ...['application/x-ndjson', 'application/problem+json', 'multipart/form-data; boundary=a', ''],
  ],
  'content-encoding': ['gzip', 'deflate', 'br', 'gzip, gzip', 'identity', '', 'constructor'],
  authorization: ['', 'Bearer', 'Bearer hr_a_b', 'Basic YTpi', `Bearer ${'a'.repeat(4_000)}`],
  host: ['example.com', 'a b', 'localhost:99999', '127.0.0.1@evil', ''],
  'x-request-id': ['', '<script>', 'x'.repeat(256), 'fuzzmark\tid'],
  accept: [
    '*/*;q=0',
    'text/csv;q=a',
    'application/x-ndjson, text/csv;q=1.5',
    '/',
    'a/b'.repeat(99),
  ],
  'accept-encoding': ['*;q=0', 'gzip;q=0', 'identity;q=0', 'gzip, deflate, br'],
  'if-none-match': ['*', '""', 'W/""', '"a", W/"b"', '"'],
  'last-event-id': ['', '0', '0d3c5a7be912-1042', '-1', '9'.repeat(400), 'a-b'],
  expect: ['100-continue', '200-ok'],
  range: ['bytes=0-1', 'bytes=9-1'],
  'x-http-method-override': ['DELETE'],
  'x-forwarded-host': ['fuzzmark.example'],
  'transfer-encoding': ['chunked'],
} as const;

const ofHeader = fc
  .constantFrom(...(Object.keys(HEADERS) as (keyof typeof HEADERS)[]))
  .chain((name) => {
    const known = fc.constantFrom<string>(...HEADERS[name]);
    const isFree = name !== 'host' && name !== 'expect' && name !== 'transfer-encoding';
    const value = isFree ? fc.oneof(known, headerText) : known;
    return value.map(
      (text): Mutation =>
        ({ headers, ...draft }) => ({
          ...draft,
          headers: { ...headers, [name]: text },
        }),
    );
  });

const ofBody = (change: (body: DraftBody) => DraftBody): Mutation => {
  return (draft) => (draft.body === undefined ? draft : { ...draft, body: change(draft.body) });
};

const withBytes = (change: (text: string) => string | Buffer): Mutation =>
  ofBody(({ type, bytes, coding }) => bodyOf(type, Buffer.from(change(bytes.toString())), coding));

const FIELDS = ['device_id', 'user_id', 'timestamp', 'heart_rate', 'readings', '__proto__', 'x'];

/** In one of the readings, or beside them. */
const changeField = (value: unknown, at: number, name: string, to: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  const { readings } = value as { readings?: unknown };
  if (Array.isArray(readings) && name !== 'readings') {
    const index = at % Math.max(1, readings.length);
    const changed = readings.map((one, i) => (i === index ? changeField(one, 0, name, to) : one));
    return { ...value, readings: changed };
  }
  const fields = Object.entries(value).filter(([key]) => key !== name);
  if (to !== undefined) fields.push([name, to]);
  return Object.fromEntries(fields);
};

const onJson = (text: string, change: (value: unknown) => unknown): string => {
  try {
    return text
      .split('\n')
      .map((line) => JSON.stringify(change(JSON.parse(line))))
      .join('\n');
  } catch {
    return text; // Another mutation came first.
  }
};

const ofFields = fc
  .tuple(fc.constantFrom(...FIELDS), fc.nat(5), fc.oneof(hostileValue, fc.constant(undefined)))
  .map(([name, at, to]) =>
    withBytes((text) => onJson(text, (value) => changeField(value, at, name, to))),
  );

const TEXT_CHANGES: readonly ((text: string) => string | Buffer)[] = [
  (text) => text.slice(0, -1),
  (text) => `\ufeff${text}`,
  (text) => text.replace('{', '{"heart_rate":1,'),
  (text) => text.replace('{', '{"__proto__":{"user_id":"fuzzmark"},'),
  (text) => text.replace('{', `{"x":${'['.repeat(5_000)}${']'.repeat(5_000)},`),
  (text) => text.replace('{', `{"x":${'{"a":'.repeat(2_000)}`),
  (text) => text.replace(/\d+(?=[,}])/, '0$&'),
  (text) => text.replace(/\d+(?=[,}])/, 'NaN'),
  (text) => text.replace(/\d+(?=[,}])/, '7.5e1'),
  (text) => text.replace('user', '\\ud83d'),
  (text) => text.replace('user', '\\u0000'),
  (text) => text.replace('user', '\0'),
  (text) => text.replaceAll('"', "'"),
  (text) => `${text}\n\n`,
  (text) => `[${text}]`,
  (text) => text + text,
  (text) => text + ' '.repeat(MAX_BODY_BYTES),
  (text) => Buffer.concat([Buffer.from(text), Buffer.from([0xc0, 0xaf])]),
  (text) => Buffer.from(text, 'utf16le'),
  () => '',
  () => 'null',
];

const ofText = fc.constantFrom(...TEXT_CHANGES).map(withBytes);

const ofWire = fc
  .constantFrom<(wire: Buffer) => Buffer>(
    (wire) => wire.subarray(0, -1),
    (wire) => Buffer.concat([wire, wire]),
    (wire) => Buffer.concat([wire, Buffer.from('more')]),
    (wire) => Buffer.from(wire.map((byte, i) => (i === wire.length >> 1 ? byte ^ 1 : byte))),
  )
  // What is not compressed has no checksum that finds it out.
  .map((change) =>
    ofBody((body) =>
      /^(gzip|deflate)$/.test(body.coding) ? { ...body, wire: change(body.wire) } : body,
    ),
  );

const mutation = (hasBody: boolean): fc.Arbitrary<Mutation> =>
  fc.oneof(
    { weight: 6, arbitrary: ofQuery },
    { weight: 3, arbitrary: ofTarget },
    { weight: 1, arbitrary: ofPath },
    { weight: 1, arbitrary: ofMethod },
    { weight: 4, arbitrary: ofHeader },
    ...(hasBody
      ? [
          { weight: 10, arbitrary: ofFields },
          { weight: 6, arbitrary: ofText },
          { weight: 2, arbitrary: ofWire },
        ]
      : []),
  );

/** A third of the requests as they are, the others changed in up to three places. */
export const mutated = (drafts: fc.Arbitrary<Draft>, hasBody: boolean): fc.Arbitrary<Draft> =>
  fc.oneof(
    { weight: 1, arbitrary: drafts },
    {
      weight: 2,
      arbitrary: fc
        .tuple(drafts, fc.array(mutation(hasBody), { minLength: 1, maxLength: 3 }))
        .map(([draft, changes]) => ({
          ...changes.reduce((changed, change) => change(changed), draft),
          isValid: false,
        })),
    },
  );
