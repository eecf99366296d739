import { afterAll, beforeAll, expect, test } from 'vitest';
import { contract } from '../support/contract.ts';
import { openTestService, type TestService } from '../support/test-service.ts';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** What words and examples say is not enforced by anything, so it cannot drift. */
const ANNOTATIONS = new Set([
  'description',
  'summary',
  'example',
  'examples',
  'title',
  'x-message',
]);
/** They are code of this project, which no description of a schema has. */
const FORMATS_OF_CODE = new Set<Json>(['timestamp', 'unicode']);
/** Below these keys come names, not keywords. */
const MAPS = new Set(['properties', 'schemas', 'responses', 'paths', 'headers', 'content']);

const isObject = (node: Json | undefined): node is { [key: string]: Json } =>
  typeof node === 'object' && node !== null && !Array.isArray(node);

const lookUp = (document: Json, reference: string): Json => {
  let node: Json | undefined = document;
  for (const key of reference.slice(2).split('/')) node = isObject(node) ? node[key] : undefined;
  if (node === undefined) throw new Error(`${reference} points to nothing`);
  return node;
};

/**
 * The paths of a document, and who may use them, as far as they are enforced when it runs. Each
 * rule is a difference in wording between a document written by hand and one that Zod schemas are
 * turned into.
 */
const enforced = (document: Json): Json => {
  const walk = (node: Json, isMap: boolean): Json => {
    if (Array.isArray(node)) return node.map((item) => walk(item, false));
    if (!isObject(node)) return node;
    if (typeof node.$ref === 'string') return walk(lookUp(document, node.$ref), false);
    const result: { [key: string]: Json } = {};
    for (const [key, value] of Object.entries(node)) {
      if (!isMap && ANNOTATIONS.has(key)) continue;
      if (!isMap && key === 'format' && FORMATS_OF_CODE.has(value)) continue;
      if (!isMap && key === 'required' && value === false) continue;
      // Any further field is ignored in a request and never sent in an answer.
      if (!isMap && key === 'additionalProperties' && value === true) continue;
      // The description of a RegExp has its flags; JSON Schema's patterns are always by code point.
      if (!isMap && key === 'pattern') result.pattern = String(value).replace(/\/u$/, '');
      else if (!isMap && key === 'const') result.enum = [value];
      else if (!isMap && key === 'required' && Array.isArray(value)) result.required = value.sort();
      else result[key] = walk(value, !isMap && MAPS.has(key));
    }
    return result;
  };
  if (!isObject(document)) return null;
  const { paths = null, security = [], components = {} } = document;
  const schemes = isObject(components) ? (components.securitySchemes ?? {}) : {};
  return { paths: walk(paths, true), security, schemes: walk(schemes, true) };
};

let service: TestService;
beforeAll(async () => {
  service = await openTestService();
});
afterAll(() => service.close());

test('the app that runs describes itself as the contract does', () => {
  const described = service.app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: '', version: '' },
  });
  const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value));
  expect(enforced(asJson(described))).toEqual(enforced(asJson(contract)));
});

test('generated/openapi.json is the contract', async () => {
  const answer = await service.get('/openapi.json');
  expect(await answer.json()).toEqual(contract);
});
