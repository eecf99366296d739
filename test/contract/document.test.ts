import { describe, expect, test } from 'vitest';
import { type ProblemKind, problemBody } from '../../src/http/responses/problem.ts';
import {
  dereference,
  operationsOf,
  type Response as SpecResponse,
} from '../../src/openapi/spec-document.ts';
import { contract, validatorOf } from '../support/contract.ts';

/** What a reader needs of a schema, and the other interfaces leave out. */
interface Described {
  readonly $ref?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Described>>;
}

const { schemas } = contract.components as { schemas: Record<string, Described> };
const resolved = (schema: Described): Described =>
  schema.$ref === undefined ? schema : dereference<Described>(contract, { $ref: schema.$ref });

const properties = Object.entries(schemas).flatMap(([name, schema]) =>
  Object.entries(schema.properties ?? {}).map(
    ([key, property]) => [name, key, resolved(property)] as const,
  ),
);

test.each(properties)('%s.%s is described and has an example', (name, key, property) => {
  expect(property.description).toBeTruthy();
  // An object has the examples of its properties.
  if (property.properties !== undefined) return;
  expect(property.examples).toHaveLength(1);
  const isValid = validatorOf(`#/components/schemas/${name}/properties/${key}`);
  for (const example of property.examples ?? []) expect(isValid(example)).toBe(true);
});

const operations = operationsOf(contract).map(
  (placed) => [`${placed.method.toUpperCase()} ${placed.path}`, placed] as const,
);

describe.each(operations)('%s', (_name, { operation, parameters }) => {
  const responses = Object.entries(operation.responses).map(
    ([status, node]) => [Number(status), dereference<SpecResponse>(contract, node)] as const,
  );

  test('says what it does, and what each parameter means', () => {
    expect(operation.summary).toBeTruthy();
    expect(operation.description).toBeTruthy();
    expect(operation.tags).toHaveLength(1);
    for (const parameter of parameters) {
      expect(parameter).toMatchObject({
        description: expect.any(String),
        example: expect.anything(),
      });
    }
  });

  test('declares the id that each answer carries', () => {
    for (const [status, { headers }] of responses) {
      expect([status, Object.keys(headers ?? {})]).toEqual([
        status,
        expect.arrayContaining(['X-Request-Id']),
      ]);
    }
  });

  test('declares its errors, all as problems', () => {
    const statuses = responses.map(([status]) => status);
    // Of the service's mistakes, and of requests that never get so far as to have an operation.
    expect(statuses).toEqual(expect.arrayContaining([408, 431, 500]));
    if (operation.requestBody !== undefined) {
      expect(statuses).toEqual(expect.arrayContaining([400, 413, 415, 503]));
    }
    for (const [status, { content }] of responses.filter(([status]) => status >= 400)) {
      expect([status, Object.keys(content ?? {})]).toEqual([status, ['application/problem+json']]);
    }
    for (const [, { headers }] of responses.filter(([status]) => status === 503)) {
      expect(headers).toHaveProperty('Retry-After');
    }
  });
});

test('operations have names of their own', () => {
  const names = operations.map(([, { operation }]) => operation.operationId);
  expect(new Set(names).size).toBe(names.length);
});

test('every type of problem is explained, with its status, and no other', () => {
  const { description } = contract.info as { description: string };
  const rows = [...description.matchAll(/^\| `(urn:\S+)` \| (\d{3}) \| \S.* \|$/gm)];
  const { enum: types } = schemas.ProblemType as { enum: string[] };
  expect(rows.map(([, type]) => type).sort()).toEqual(types.toSorted());
  for (const [, type = '', status] of rows) {
    const kind = type.slice('urn:problem:heart-rate:'.length) as ProblemKind;
    expect(problemBody(kind)).toMatchObject({ type, status: Number(status) });
  }
});
