import {
  dereference,
  type Media,
  type Operation,
  type Parameter,
  type RequestBody,
  type Response,
  type Schema,
  type SpecDocument,
} from './spec-document.ts';

const literal = (value: unknown): string => JSON.stringify(value);

/** The generated Zod schema that a `$ref` means. Inline schemas have none. */
const schemaName = (schema: Schema): string => {
  const name = /^#\/components\/schemas\/(\w+)$/.exec(schema.$ref ?? '')?.[1];
  if (name === undefined) {
    throw new Error(`Inline schema, move it to components/schemas: ${literal(schema)}`);
  }
  return `schemas.z${name}`;
};

const contentOf = (content: Readonly<Record<string, Media>>): string => {
  const entries = Object.entries(content).map(
    ([type, media]) => `${literal(type)}: { schema: ${schemaName(media.schema)} }`,
  );
  return `{ ${entries.join(', ')} }`;
};

const queryParameter = (document: SpecDocument, parameter: Parameter): string => {
  if (parameter.in !== 'query') throw new Error(`Unsupported parameter: in ${parameter.in}`);
  const schema = dereference<Schema>(document, parameter.schema);
  if (schema.type !== 'string') throw new Error(`Unsupported query type: ${schema.type}`);
  let code = schemaName(parameter.schema);
  if (schema.format === 'timestamp') code = `z.preprocess(plusFromBlank, ${code})`;
  if (schema.default !== undefined) code += `.default(${literal(schema.default)})`;
  else if (parameter.required !== true) code += '.optional()';
  return `      ${literal(parameter.name)}: ${code},`;
};

/**
 * What an operation takes in its query: exactly the declared parameters. One that cannot answer
 * 400 has no way to refuse others, so it takes any.
 */
const queryOf = (document: SpecDocument, operation: Operation): string[] => {
  const declared = operation.parameters ?? [];
  if (!('400' in operation.responses)) {
    if (declared.length > 0) throw new Error(`${operation.operationId} takes parameters, so 400`);
    return [];
  }
  const parameters = declared.map((node) =>
    queryParameter(document, dereference<Parameter>(document, node)),
  );
  if (parameters.length === 0) return ['    query: z.strictObject({}),'];
  return ['    query: z.strictObject({', ...parameters, '    }),'];
};

const bodyOf = (body: RequestBody): string =>
  `    body: { required: ${body.required === true}, content: bodyContent(${contentOf(body.content)}) },`;

const responseOf = (status: string, response: Response): string => {
  const fields = [`description: ${literal(response.description)}`];
  if (response.headers !== undefined) fields.push(`headers: ${literal(response.headers)}`);
  if (response.content !== undefined) fields.push(`content: ${contentOf(response.content)}`);
  return `    ${status}: { ${fields.join(', ')} },`;
};

const routeDefinition = (
  document: SpecDocument,
  path: string,
  method: string,
  operation: Operation,
): string => {
  const request = queryOf(document, operation);
  if (operation.requestBody !== undefined) request.push(bodyOf(operation.requestBody));
  const responses = Object.entries(operation.responses).map(([status, node]) =>
    responseOf(status, dereference<Response>(document, node)),
  );
  return [
    `export const ${operation.operationId} = createRoute({`,
    `  method: ${literal(method)},`,
    `  path: ${literal(path)},`,
    `  operationId: ${literal(operation.operationId)},`,
    `  summary: ${literal(operation.summary)},`,
    `  tags: ${literal(operation.tags)},`,
    ...(request.length > 0 ? ['  request: {', ...request, '  },'] : []),
    '  responses: {',
    ...responses,
    '  },',
    '});',
  ].join('\n');
};

/** The source of a module with one `createRoute` for each operation, named by its operationId. */
export const routeDefinitions = (document: SpecDocument): string => {
  const definitions = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) =>
      routeDefinition(document, path, method, operation),
    ),
  );
  return [
    "import { createRoute, z } from '@hono/zod-openapi';",
    "import { bodyContent } from '../src/http/body-schema.ts';",
    "import { plusFromBlank } from '../src/http/timestamp-schema.ts';",
    "import * as schemas from './zod/zod.gen.ts';",
    '',
    definitions.join('\n\n'),
    '',
  ].join('\n');
};
