import { AUDITS, isAudit } from '../audit/audits.ts';
import { isScope, SCOPES } from '../keys/scopes.ts';
import { dereference, METHODS, type SpecDocument } from './spec-document.ts';

type Node = Readonly<Record<string, unknown>>;

// What stands in the contract and is not here would be taken for a promise and kept by nobody.
const KEYS = {
  document: [
    'x-unmatched-requests',
    'openapi',
    'info',
    'servers',
    'tags',
    'externalDocs',
    'paths',
    'components',
  ],
  pathItem: ['summary', 'description', 'parameters', ...METHODS],
  operation: [
    ...['operationId', 'summary', 'description', 'tags', 'externalDocs', 'deprecated'],
    ...['parameters', 'requestBody', 'responses', 'security'],
    ...['x-audit', 'x-max-range-days', 'x-ignores-unknown-parameters'],
  ],
  parameter: [
    'name',
    'in',
    'required',
    'description',
    'deprecated',
    'schema',
    'example',
    'examples',
  ],
  requestBody: ['description', 'required', 'content'],
  media: ['schema', 'example', 'examples'],
  response: ['description', 'headers', 'content'],
  header: ['description', 'required', 'schema', 'example'],
  securityScheme: ['type', 'scheme', 'description'],
  components: ['schemas', 'responses', 'parameters', 'headers', 'securitySchemes'],
} as const;

const ANNOTATIONS = ['type', 'title', 'description', 'deprecated', 'default', 'examples'];
/** What each type of schema may say, besides {@link ANNOTATIONS}. */
const KEYWORDS: Readonly<Record<string, readonly string[]>> = {
  string: ['format', 'pattern', 'x-message', 'enum', 'const'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  boolean: [],
  array: ['items', 'minItems', 'maxItems'],
  object: ['properties', 'required', 'additionalProperties'],
};
const FORMATS = ['date-time', 'timestamp', 'unicode'];
const FORMATS_WITH_PATTERN = ['timestamp', 'unicode'];

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;
const entries = (value: unknown): [string, unknown][] =>
  isNode(value) ? Object.entries(value) : [];

/** Goes through a document and notes each thing that the generator would not honour. */
class Inspection {
  readonly found: string[] = [];
  readonly #document: SpecDocument;

  constructor(document: SpecDocument) {
    this.#document = document;
  }

  document(): void {
    const document = this.#only(KEYS.document, this.#document, []);
    for (const [path, item] of entries(document.paths)) this.#pathItem(item, ['paths', path]);
    for (const [name, node] of entries(document['x-unmatched-requests'])) {
      this.#responseOrRef(node, ['x-unmatched-requests', name]);
    }
    const at = ['components'];
    const components = this.#only(KEYS.components, document.components ?? {}, at);
    for (const [name, node] of entries(components.securitySchemes)) {
      this.#securityScheme(node, [...at, 'securitySchemes', name]);
    }
    for (const [name, node] of entries(components.schemas)) {
      this.#schema(node, [...at, 'schemas', name]);
    }
    for (const [name, node] of entries(components.responses)) {
      this.#response(node, [...at, 'responses', name]);
    }
    for (const [name, node] of entries(components.parameters)) {
      this.#parameter(node, [...at, 'parameters', name]);
    }
    for (const [name, node] of entries(components.headers)) {
      this.#header(node, [...at, 'headers', name]);
    }
  }

  #note(place: readonly string[], what: string): void {
    this.found.push(`${place.join(' > ')}: ${what}`);
  }

  /** The node, if it is one; what it has beyond `keys` is noted. */
  #only(keys: readonly string[], node: unknown, place: readonly string[]): Node {
    if (!isNode(node)) {
      this.#note(place, 'must be a mapping');
      return {};
    }
    for (const key of Object.keys(node)) {
      if (!keys.includes(key)) this.#note([...place, key], 'is not supported');
    }
    return node;
  }

  /** What a node points to, or itself. A `$ref` has nothing beside it and points to something. */
  #resolved(node: unknown, place: readonly string[]): unknown {
    if (!isNode(node) || !('$ref' in node)) return node;
    this.#only(['$ref'], node, place);
    try {
      return dereference<Node>(this.#document, { $ref: String(node.$ref) });
    } catch (error) {
      this.#note(place, (error as Error).message);
      return {};
    }
  }

  #isRef(node: unknown): boolean {
    return isNode(node) && '$ref' in node;
  }

  /** What the guard of routes asks for: see `src/http/guards.ts`. */
  #securityScheme(node: unknown, place: readonly string[]): void {
    const { type, scheme } = this.#only(KEYS.securityScheme, node, place);
    if (type !== 'http' || scheme !== 'bearer') {
      this.#note(place, 'must be of type http with the scheme bearer: no other is checked');
    }
  }

  /** An operation says itself who may call it, so that none is open because that was forgotten. */
  #security({ security, responses }: Node, place: readonly string[]): void {
    const at = [...place, 'security'];
    if (!Array.isArray(security)) {
      this.#note(at, 'must say who may call it; [] opens it to all');
      return;
    }
    if (security.length === 0) return;
    const [[scheme = '', scopes] = [], ...others] = entries(security[0]);
    if (security.length > 1 || others.length > 0) {
      this.#note(at, 'must have one scheme: the guard knows no alternatives');
    }
    const { securitySchemes } = this.#document.components ?? {};
    if (!isNode(securitySchemes) || !(scheme in securitySchemes)) {
      this.#note(at, `there is no scheme ${scheme}`);
    }
    const [scope, ...more] = Array.isArray(scopes) ? scopes : [];
    if (more.length > 0 || !isScope(String(scope))) {
      this.#note([...at, scheme], `must have one scope: ${SCOPES.join(', ')}`);
    }
    for (const status of ['401', '403']) {
      if (!isNode(responses) || !(status in responses)) {
        this.#note([...place, 'responses'], `needs a ${status}, since not everybody may call it`);
      }
    }
  }

  /** An operation says itself what is audited of it, so that nothing is left out by oversight. */
  #audit({ 'x-audit': audit, responses }: Node, place: readonly string[]): void {
    if (!isAudit(audit)) this.#note([...place, 'x-audit'], `must be one of ${AUDITS.join(', ')}`);
    else if (audit !== 'none' && !(isNode(responses) && '503' in responses)) {
      this.#note([...place, 'responses'], 'needs a 503, for when it cannot be audited');
    }
  }

  #pathItem(value: unknown, place: readonly string[]): void {
    const item = this.#only(KEYS.pathItem, value, place);
    this.#parameters(item.parameters, place);
    for (const method of METHODS) {
      if (item[method] !== undefined) this.#operation(item[method], [...place, method]);
    }
  }

  #operation(value: unknown, place: readonly string[]): void {
    const operation = this.#only(KEYS.operation, value, place);
    this.#security(operation, place);
    this.#audit(operation, place);
    const { 'x-ignores-unknown-parameters': ignores = true } = operation;
    if (ignores !== true) {
      this.#note([...place, 'x-ignores-unknown-parameters'], 'must be true, or left out');
    }
    this.#parameters(operation.parameters, place);
    if (operation.requestBody !== undefined) {
      const at = [...place, 'requestBody'];
      const body = this.#only(KEYS.requestBody, operation.requestBody, at);
      if (body.required !== true)
        this.#note(at, 'must be required: an optional one is not checked');
      this.#content(body.content, at);
    }
    for (const [status, node] of entries(operation.responses)) {
      const at = [...place, 'responses', status];
      if (!/^[1-5]\d\d$/.test(status)) this.#note(at, 'must be a status');
      this.#responseOrRef(node, at);
    }
  }

  #responseOrRef(node: unknown, place: readonly string[]): void {
    if (this.#isRef(node)) this.#resolved(node, place);
    else this.#response(node, place);
  }

  #parameters(value: unknown, place: readonly string[]): void {
    for (const [index, node] of entries(value)) {
      const at = [...place, 'parameters', index];
      if (this.#isRef(node)) this.#resolved(node, at);
      else this.#parameter(node, at);
    }
  }

  #parameter(node: unknown, place: readonly string[]): void {
    const { name, in: where, schema } = this.#only(KEYS.parameter, node, place);
    if (!['query', 'path', 'header'].includes(String(where))) {
      this.#note([...place, 'in'], `${String(where)} is not supported`);
    }
    if (where === 'header' && /^(accept|content-type|authorization)$/i.test(String(name))) {
      this.#note([...place, 'name'], `OpenAPI ignores a header parameter named ${String(name)}`);
    }
    const component = this.#component(schema, [...place, 'schema']);
    if (component === undefined) return;
    const { type, items } = component;
    if (type === 'array' && where !== 'query') {
      this.#note([...place, 'schema'], 'only a query parameter may be an array');
    }
    const itemType = type === 'array' ? (this.#resolved(items, place) as Node).type : type;
    if (!['string', 'number', 'integer'].includes(String(itemType))) {
      this.#note([...place, 'schema'], `a parameter of type ${String(itemType)} is not supported`);
    }
  }

  /** A schema that stands in the components, where the generator finds it. */
  #component(schema: unknown, place: readonly string[]): Node | undefined {
    const { $ref } = isNode(schema) ? schema : {};
    if (typeof $ref === 'string' && /^#\/components\/schemas\/\w+$/.test($ref)) {
      return this.#resolved(schema, place) as Node;
    }
    this.#note(place, 'must be a $ref to a schema in components > schemas');
    return undefined;
  }

  #content(content: unknown, place: readonly string[]): void {
    for (const [type, node] of entries(content)) {
      const at = [...place, 'content', type];
      this.#component(this.#only(KEYS.media, node, at).schema, [...at, 'schema']);
    }
  }

  #response(node: unknown, place: readonly string[]): void {
    const response = this.#only(KEYS.response, node, place);
    for (const [name, header] of entries(response.headers)) {
      const at = [...place, 'headers', name];
      if (this.#isRef(header)) this.#resolved(header, at);
      else this.#header(header, at);
    }
    this.#content(response.content, place);
  }

  #header(node: unknown, place: readonly string[]): void {
    this.#schema(this.#only(KEYS.header, node, place).schema, [...place, 'schema']);
  }

  #schema(node: unknown, place: readonly string[]): void {
    if (this.#isRef(node)) {
      this.#resolved(node, place);
      return;
    }
    const type = isNode(node) ? String(node.type) : '';
    const keywords = KEYWORDS[type];
    if (keywords === undefined) {
      this.#note(place, 'must have one type, or be a $ref alone');
      return;
    }
    const schema = this.#only([...ANNOTATIONS, ...keywords], node, place);
    if (type === 'string') this.#string(schema, place);
    if (type === 'array') this.#schema(schema.items, [...place, 'items']);
    if (type === 'object') this.#object(schema, place);
  }

  #string({ format, pattern, ...schema }: Node, place: readonly string[]): void {
    if (format !== undefined && !FORMATS.includes(String(format))) {
      this.#note([...place, 'format'], `${String(format)} is not supported`);
    }
    if ((pattern === undefined) !== (schema['x-message'] === undefined)) {
      this.#note(place, 'pattern and x-message belong together');
    }
    if (FORMATS_WITH_PATTERN.includes(String(format)) && pattern === undefined) {
      this.#note(place, `format ${String(format)} needs a pattern`);
    }
  }

  #object(schema: Node, place: readonly string[]): void {
    const { properties, required = [], additionalProperties = true } = schema;
    if (typeof additionalProperties !== 'boolean') {
      this.#note([...place, 'additionalProperties'], 'a schema is not supported');
    }
    for (const [name, node] of entries(properties)) {
      this.#schema(node, [...place, 'properties', name]);
    }
    for (const [, name] of entries(required)) {
      if (!isNode(properties) || !(String(name) in properties)) {
        this.#note([...place, 'required'], `there is no property ${String(name)}`);
      }
    }
  }
}

/** The document says something that the generator would not honour. */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';
}

/**
 * Ensures that all a document says is honoured by what is generated from it.
 *
 * @throws UnsupportedError with a line for each place where that is not so.
 */
export const checkSupported = (document: SpecDocument): void => {
  const inspection = new Inspection(document);
  inspection.document();
  if (inspection.found.length > 0) throw new UnsupportedError(inspection.found.join('\n'));
};
