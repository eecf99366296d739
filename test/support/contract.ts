import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { unzipSync } from 'node:zlib';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import {
  dereference,
  type Header,
  operationsOf,
  type SpecDocument,
  type Response as SpecResponse,
} from '../../src/openapi/spec-document.ts';
import { parseTimestamp } from '../../src/readings/timestamp.ts';

/** `openapi.yaml`, as it is written. */
export const contract = parse(
  readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8'),
) as SpecDocument & Record<string, unknown>;

const ajv = new Ajv2020({ strict: true, allErrors: true, validateSchema: false });
addFormats.default(ajv);
ajv.addFormat('timestamp', (text) => parseTimestamp(text) !== undefined);
ajv.addFormat('unicode', (text) => !/\p{Cs}/u.test(text));
// The document is added whole, for `$ref`s to be found; its own keys are no schema's.
ajv.addVocabulary(['x-message', ...Object.keys(contract)]);
ajv.addSchema(contract, 'openapi.yaml');

const validators = new Map<string, ValidateFunction>();

/** AJV's validator of a component schema, or of anything else in the contract, by its `$ref`. */
export const validatorOf = (pointer: string): ValidateFunction => {
  const known = validators.get(pointer);
  if (known !== undefined) return known;
  const validator = ajv.compile({ $ref: `openapi.yaml${pointer}` });
  validators.set(pointer, validator);
  return validator;
};

const isValid = (schema: object, value: unknown): string | undefined => {
  const pointer = '$ref' in schema ? String(schema.$ref) : undefined;
  const validator = pointer === undefined ? ajv.compile(schema) : validatorOf(pointer);
  return validator(value) ? undefined : ajv.errorsText(validator.errors);
};

const fail = (request: Request, response: Response, what: string): never => {
  const { pathname } = new URL(request.url);
  throw new Error(`${request.method} ${pathname} answered ${response.status}: ${what}`);
};

const withAllow = (response: SpecResponse, methods: readonly string[]): SpecResponse => {
  const allow = { required: true, schema: { type: 'string', const: allowOf(methods) } };
  return { ...response, headers: { ...response.headers, Allow: allow } };
};

/** What may be answered to a path or method that the contract does not have, by status. */
const undeclared = (
  { method }: Request,
  methods: readonly string[],
): Readonly<Record<number, SpecResponse>> => {
  const declared = contract['x-unmatched-requests'];
  if (declared === undefined) throw new Error('the contract has no x-unmatched-requests');
  const of = (key: keyof typeof declared) => dereference<SpecResponse>(contract, declared[key]);
  const any = { 400: of('target'), 421: of('host'), 429: of('limit') };
  if (methods.length === 0) return { ...any, 404: of('path') };
  if (method === 'OPTIONS') return { ...any, 204: withAllow(of('options'), methods) };
  return { ...any, 405: withAllow(of('method'), methods) };
};

const allowOf = (methods: readonly string[]): string => {
  const upper = methods.map((method) => method.toUpperCase());
  return [...upper, ...(upper.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(', ');
};

/** A name in braces stands for one segment of the path. */
const isOfPath = (template: string, pathname: string): boolean => {
  const segments = pathname.split('/');
  const parts = template.split('/');
  return (
    parts.length === segments.length &&
    parts.every((part, index) =>
      part.startsWith('{') ? segments[index] !== '' : part === segments[index],
    )
  );
};

const declaredFor = (request: Request, response: Response): SpecResponse => {
  const { pathname } = new URL(request.url);
  const ofPath = operationsOf(contract).filter(({ path }) => isOfPath(path, pathname));
  const sent = request.method === 'HEAD' ? 'get' : request.method.toLowerCase();
  const operation = ofPath.find(({ method }) => method === sent)?.operation;
  if (operation === undefined) {
    const answers = undeclared(
      request,
      ofPath.map(({ method }) => method),
    );
    const declared = answers[response.status];
    if (declared === undefined) {
      return fail(request, response, `expected ${Object.keys(answers).join(' or ')}`);
    }
    return declared;
  }
  const node = operation.responses[response.status];
  if (node === undefined) return fail(request, response, 'the contract has no such status');
  return dereference<SpecResponse>(contract, node);
};

const checkHeaders = (request: Request, response: Response, declared: SpecResponse): void => {
  for (const [name, node] of Object.entries(declared.headers ?? {})) {
    const { required, schema } = dereference<Header>(contract, node);
    const text = response.headers.get(name);
    if (text === null && required !== true) continue;
    const value = schema.type === 'integer' && text !== null ? Number(text) : text;
    const wrong = isValid(schema, value);
    if (wrong !== undefined) fail(request, response, `header ${name} ${text}: ${wrong}`);
  }
};

/** A fetch over the wire has decompressed the body already, one in process has not. */
const textOf = (response: Response, bytes: Buffer): string => {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const isDeflate = bytes[0] === 0x78 && response.headers.get('content-encoding') === 'deflate';
  return (isGzip || isDeflate ? unzipSync(bytes) : bytes).toString();
};

const parsed = (type: string, text: string): unknown => {
  if (/[/+]json$/.test(type)) return JSON.parse(text);
  return type === 'application/yaml' ? parse(text) : text;
};

const LARGE_BODY_BYTES = 64 * 1024;

/** The hashes of large bodies that were right for a part of the contract: documents come often. */
const knownBodies = new WeakMap<object, Set<string>>();

const isKnown = (media: object, bytes: Buffer): boolean => {
  if (bytes.length < LARGE_BODY_BYTES) return false;
  const known = knownBodies.get(media) ?? new Set();
  knownBodies.set(media, known);
  const digest = hash('sha1', bytes);
  // Noted before it is checked: who finds it wrong throws.
  return known.has(digest) || !known.add(digest);
};

const checkBody = async (request: Request, response: Response, declared: SpecResponse) => {
  const type = response.headers.get('content-type')?.split(';')[0]?.trim() ?? '';
  // It has no end to wait for.
  const isEndless = type === 'text/event-stream' && request.method !== 'HEAD';
  if (isEndless && declared.content?.[type] !== undefined) return;
  const bytes = Buffer.from(await response.clone().arrayBuffer());
  const known = declared.content?.[type];
  if (request.method !== 'HEAD' && known !== undefined && isKnown(known, bytes)) return;
  const text = textOf(response, bytes);
  if (request.method === 'HEAD' || declared.content === undefined) {
    if (text !== '') fail(request, response, 'a body where there must be none');
    return;
  }
  const media = declared.content[type];
  if (media === undefined) return fail(request, response, `the contract has no ${type} for it`);
  const body = parsed(type, text);
  const wrong = isValid(media.schema, body);
  if (wrong !== undefined) fail(request, response, wrong);
  if (type === 'application/problem+json') checkProblem(request, response, body);
};

const checkProblem = (request: Request, response: Response, body: unknown): void => {
  const { type, status, errors } = body as { type: string; status: number; errors?: unknown[] };
  if (status !== response.status) fail(request, response, `the problem says ${status}`);
  const hasErrors = errors !== undefined && errors.length > 0;
  // A key has too small a scope, or is not for the readings that the errors name.
  if (type === 'urn:problem:heart-rate:forbidden') return;
  if (hasErrors !== (type === 'urn:problem:heart-rate:invalid-request'))
    fail(request, response, 'errors belong to invalid-request and forbidden, and only there');
};

export type Fetch = (request: Request) => Promise<Response>;

/** A fetch that throws when an answer is not one the contract declares. */
export const checked =
  (fetch: (request: Request) => Response | Promise<Response>): Fetch =>
  async (request) => {
    const response = await fetch(request);
    const declared = declaredFor(request, response);
    checkHeaders(request, response, declared);
    await checkBody(request, response, declared);
    return response;
  };
