import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { OpenAPIHono, type RouteConfig, type z } from '@hono/zod-openapi';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { validationErrors } from '../../src/http/responses/validation-errors.ts';
import { generateContract } from '../../src/openapi/generate-contract.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const pattern = '^[a-z]+$';
const described = { description: 'x' };
const RESPONSES = {
  200: { description: 'Right.', headers: { 'X-Page': { $ref: '#/components/headers/Page' } } },
  400: { description: 'Wrong.' },
};

/** A document with every kind of parameter, and an object that is closed. */
const DOCUMENT = {
  openapi: '3.1.0',
  info: { title: 'Test', version: '1.0.0' },
  paths: {
    '/users/{user}/pages/{page}': {
      parameters: [
        { name: 'user', in: 'path', required: true, schema: ref('Word') },
        { name: 'limit', in: 'query', schema: ref('Word') },
      ],
      get: {
        operationId: 'getPage',
        summary: 'x',
        tags: ['x'],
        security: [],
        'x-audit': 'none',
        parameters: [
          { name: 'page', in: 'path', required: true, schema: ref('Page') },
          // Takes the place of the path's.
          { name: 'limit', in: 'query', schema: ref('Page') },
          { $ref: '#/components/parameters/Tenant' },
          { name: 'word', in: 'query', schema: ref('Words') },
          { name: 'number', in: 'query', schema: ref('Pages') },
          { name: 'order', in: 'query', schema: ref('Order') },
        ],
        responses: RESPONSES,
      },
    },
  },
  components: {
    parameters: { Tenant: { name: 'X-Tenant', in: 'header', required: true, schema: ref('Word') } },
    headers: { Page: { ...described, schema: { type: 'integer' } } },
    schemas: {
      Word: { type: 'string', ...described, pattern, 'x-message': 'must be a word' },
      Page: { type: 'integer', ...described, minimum: 1, maximum: 99 },
      Words: { type: 'array', ...described, items: ref('Word'), maxItems: 2 },
      Pages: { type: 'array', ...described, items: ref('Page') },
      Order: { type: 'string', ...described, enum: ['up', 'down'], default: 'up' },
      Closed: {
        type: 'object',
        ...described,
        required: ['page'],
        properties: { page: ref('Page') },
        additionalProperties: false,
      },
    },
  },
};

/** A folder in which what is generated finds the source and the packages. */
const newRoot = async (document: unknown, folder: string) => {
  await symlink(join(ROOT, 'src'), join(folder, 'src'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const spec = join(folder, 'openapi.yaml');
  await writeFile(spec, stringify(document));
  const output = join(folder, 'generated');
  return {
    folder,
    output,
    generate: () => generateContract(pathToFileURL(spec), pathToFileURL(`${output}/`)),
  };
};

let folder: string;
let output: string;
const app = new OpenAPIHono({
  defaultHook: (result, c) => {
    if (result.success) return undefined;
    const data: unknown = 'data' in result ? result.data : undefined;
    return c.json(validationErrors(result.error.issues, data, result.target), 400);
  },
});
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heart-rate-contract-'));
  const root = await newRoot(DOCUMENT, folder);
  await root.generate();
  output = root.output;
  const { getPage }: { getPage: RouteConfig } = await import(join(output, 'routes.ts'));
  app.openapi(getPage, (c) => {
    const valid = (target: string): unknown => c.req.valid(target as never);
    return c.json([valid('param'), valid('query'), valid('header')]);
  });
});

afterAll(() => rm(folder, { recursive: true }));

const ask = async (path: string, headers: Record<string, string> = { 'X-Tenant': 'acme' }) => {
  const answer = await app.request(path, { headers });
  return [answer.status, await answer.json()];
};

test('parameters of the path, the query and the headers reach the handler as what they are', async () => {
  expect(await ask('/users/zoe/pages/7?limit=20&word=a&word=b&number=3&order=down')).toEqual([
    200,
    [
      { user: 'zoe', page: 7 },
      { limit: 20, word: ['a', 'b'], number: [3], order: 'down' },
      { 'x-tenant': 'acme' },
    ],
  ]);
  expect(await ask('/users/zoe/pages/7?number=1&number=2')).toMatchObject([
    200,
    [{}, { number: [1, 2], order: 'up' }, {}],
  ]);
});

test.each([
  ['/users/zoe/pages/100', '/path/page', 'must be at most 99'],
  ['/users/zoe/pages/1.5', '/path/page', 'must be an int'],
  ['/users/zoe/pages/01', '/path/page', 'must be a number'],
  ['/users/7/pages/1', '/path/user', 'must be a word'],
  ['/users/zoe/pages/1?limit=', '/query/limit', 'must be a number'],
  ['/users/zoe/pages/1?limit=0', '/query/limit', 'must be at least 1'],
  ['/users/zoe/pages/1?limit=1&limit=2', '/query/limit', 'must be given only once'],
  ['/users/zoe/pages/1?word=a&word=b&word=c', '/query/word', 'must have at most 2 items'],
  ['/users/zoe/pages/1?word=a&word=9', '/query/word/1', 'must be a word'],
  ['/users/zoe/pages/1?number=x', '/query/number/0', 'must be a number'],
  ['/users/zoe/pages/1?more=1', '/query/more', 'is not a parameter of this operation'],
])('%s: %s %s', async (path, pointer, detail) => {
  expect(await ask(path)).toEqual([400, [{ pointer, detail }]]);
});

test('a header that is missing or wrong', async () => {
  const path = '/users/zoe/pages/7';
  const pointer = '/header/x-tenant';
  expect(await ask(path, {})).toEqual([400, [{ pointer, detail: 'is required' }]]);
  expect(await ask(path, { 'x-tenant': '7' })).toEqual([
    400,
    [{ pointer, detail: 'must be a word' }],
  ]);
});

test('an object that is closed takes no further fields', async () => {
  const { zClosed }: { zClosed: z.ZodObject } = await import(join(output, 'zod', 'zod.gen.ts'));
  expect(zClosed.safeParse({ page: 1 }).success).toBe(true);
  expect(zClosed.safeParse({ page: 1, more: 1 }).success).toBe(false);
});

test.each([
  ['says what is not supported', { ...DOCUMENT, security: [{}] }, /^security: is not supported/],
  ['is none', 'nothing', /mapping/],
])('a document that %s leaves everything as it was', async (_, document, message) => {
  const root = await newRoot(document, await temporaryFolder());
  await mkdir(root.output);
  await writeFile(join(root.output, 'routes.ts'), 'as it was');
  await expect(root.generate()).rejects.toThrow(message);
  expect(await readdir(root.folder)).toEqual(['generated', 'node_modules', 'openapi.yaml', 'src']);
  expect(await readdir(root.output)).toEqual(['routes.ts']);
  expect(await readFile(join(root.output, 'routes.ts'), 'utf8')).toBe('as it was');
});

test('what an operation without 400 would never refuse is refused here', async () => {
  const document = structuredClone(DOCUMENT);
  Reflect.deleteProperty(document.paths['/users/{user}/pages/{page}'].get.responses, '400');
  const root = await newRoot(document, await temporaryFolder());
  await expect(root.generate()).rejects.toThrow('getPage: refuses parameters, so it needs a 400');
});
