import {
  dereference,
  type Header,
  type Media,
  operationsOf,
  type Parameter,
  type PlacedOperation,
  type RequestBody,
  type Response,
  type Schema,
  type SpecDocument,
} from './spec-document.ts';
import { UnsupportedError } from './supported.ts';

/** What generated routes call, by the module it is in. */
const MODULES: Readonly<Record<string, readonly string[]>> = {
  '../src/http/schema/parameter-schema.ts': ['listFromTexts', 'numberFromText', 'wordsFromTexts'],
  '../src/http/schema/timestamp-schema.ts': ['plusFromBlank'],
};

const literal = (value: unknown): string => JSON.stringify(value);

/** The generated Zod schema that a `$ref` means. */
const schemaName = (schema: Schema): string => `schemas.z${schema.$ref?.split('/').at(-1)}`;

const contentOf = (content: Readonly<Record<string, Media>>): string => {
  const entries = Object.entries(content).map(
    ([type, media]) => `${literal(type)}: { schema: ${schemaName(media.schema)} }`,
  );
  return `{ ${entries.join(', ')} }`;
};

/** What makes of a parameter's text what its schema checks; undefined when that is the text. */
const conversionOf = (
  document: SpecDocument,
  schema: Schema,
  isInQuery: boolean,
): string | undefined => {
  const { type, format, items = {} } = dereference<Schema>(document, schema);
  if (type === 'array' && dereference<Schema>(document, items).enum !== undefined) {
    return 'wordsFromTexts';
  }
  if (type === 'array') return `listFromTexts(${conversionOf(document, items, isInQuery) ?? ''})`;
  if (type === 'number' || type === 'integer') return 'numberFromText';
  return format === 'timestamp' && isInQuery ? 'plusFromBlank' : undefined;
};

const parameterField = (document: SpecDocument, parameter: Parameter): string => {
  const { name, in: where, required, schema } = parameter;
  const conversion = conversionOf(document, schema, where === 'query');
  let code = schemaName(schema);
  if (conversion !== undefined) code = `z.preprocess(${conversion}, ${code})`;
  const { default: ifAbsent } = dereference<Schema>(document, schema);
  if (ifAbsent !== undefined) code += `.default(${literal(ifAbsent)})`;
  else if (required !== true) code += '.optional()';
  return `      ${literal(where === 'header' ? name.toLowerCase() : name)}: ${code},`;
};

/**
 * What an operation takes in its path, query and headers. Its query has exactly the declared
 * parameters, unless the operation ignores others.
 */
const parametersOf = (document: SpecDocument, { operation, parameters }: PlacedOperation) => {
  const isStrict = operation['x-ignores-unknown-parameters'] !== true;
  if ((isStrict || parameters.length > 0) && !('400' in operation.responses)) {
    throw new UnsupportedError(`${operation.operationId}: refuses parameters, so it needs a 400`);
  }
  const fieldsOf = (place: string) =>
    parameters.filter((p) => p.in === place).map((p) => parameterField(document, p));
  const group = (key: string, type: string, fields: readonly string[]): string[] =>
    fields.length === 0
      ? [`    ${key}: z.${type}({}),`]
      : [`    ${key}: z.${type}({`, ...fields, '    }),'];
  const [path, query, header] = [fieldsOf('path'), fieldsOf('query'), fieldsOf('header')];
  return [
    ...(path.length > 0 ? group('params', 'object', path) : []),
    ...(isStrict ? group('query', 'strictObject', query) : []),
    ...(!isStrict && query.length > 0 ? group('query', 'object', query) : []),
    // Every request has more headers than these.
    ...(header.length > 0 ? group('headers', 'object', header) : []),
  ];
};

const bodyOf = (body: RequestBody): string =>
  `    body: { required: ${body.required === true}, content: ${contentOf(body.content)} },`;

const responseOf = (document: SpecDocument, status: string, response: Response): string => {
  const fields = [`description: ${literal(response.description)}`];
  if (response.headers !== undefined) {
    const headers = Object.entries(response.headers).map(
      ([name, header]) => [name, dereference<Header>(document, header)] as const,
    );
    fields.push(`headers: ${literal(Object.fromEntries(headers))}`);
  }
  if (response.content !== undefined) fields.push(`content: ${contentOf(response.content)}`);
  return `    ${status}: { ${fields.join(', ')} },`;
};

const routeDefinition = (document: SpecDocument, placed: PlacedOperation): string => {
  const { path, method, operation } = placed;
  const { 'x-max-range-days': days, 'x-ignores-unknown-parameters': ignores } = operation;
  const request = parametersOf(document, placed);
  if (operation.requestBody !== undefined) request.push(bodyOf(operation.requestBody));
  const responses = Object.entries(operation.responses).map(([status, node]) =>
    responseOf(document, status, dereference<Response>(document, node)),
  );
  return [
    `export const ${operation.operationId} = createRoute({`,
    `  method: ${literal(method)},`,
    `  path: ${literal(path)},`,
    `  operationId: ${literal(operation.operationId)},`,
    `  summary: ${literal(operation.summary)},`,
    `  tags: ${literal(operation.tags)},`,
    `  security: ${literal(operation.security)},`,
    `  'x-audit': ${literal(operation['x-audit'])},`,
    ...(days === undefined ? [] : [`  'x-max-range-days': ${literal(days)},`]),
    ...(ignores === undefined ? [] : ["  'x-ignores-unknown-parameters': true,"]),
    ...(request.length > 0 ? ['  request: {', ...request, '  },'] : []),
    '  responses: {',
    ...responses,
    '  },',
    '});',
  ].join('\n');
};

/** The source of a module with one `createRoute` for each operation, named by its operationId. */
export const routeDefinitions = (document: SpecDocument): string => {
  const definitions = operationsOf(document).map((placed) => routeDefinition(document, placed));
  const source = definitions.join('\n\n');
  const imports = Object.entries(MODULES).flatMap(([module, names]) => {
    const used = names.filter((name) => source.includes(`${name}(`) || source.includes(`(${name}`));
    return used.length > 0 ? [`import { ${used.join(', ')} } from '${module}';`] : [];
  });
  return [
    "import { createRoute, z } from '@hono/zod-openapi';",
    ...imports,
    "import * as schemas from './zod/zod.gen.ts';",
    '',
    source,
    '',
  ].join('\n');
};
