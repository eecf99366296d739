import type { Audit } from '../audit/audits.ts';

/** The parts of an OpenAPI document that the generator reads; see `supported.ts` for what it may have. */
export interface SpecDocument {
  /** What is answered to requests of no operation. */
  readonly 'x-unmatched-requests'?: Readonly<
    Record<'path' | 'method' | 'options' | 'target' | 'host' | 'limit', Response | Ref>
  >;
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components?: Readonly<Record<string, unknown>>;
}

export interface Ref {
  readonly $ref: string;
}

export interface Schema extends Partial<Ref> {
  readonly type?: string;
  readonly format?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
}

export interface Media {
  readonly schema: Schema;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Header {
  readonly description?: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Header | Ref>>;
  readonly content?: Readonly<Record<string, Media>>;
}

export interface RequestBody {
  readonly required?: boolean;
  readonly content: Readonly<Record<string, Media>>;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly (Parameter | Ref)[];
  readonly requestBody?: RequestBody;
  readonly responses: Readonly<Record<string, Response | Ref>>;
  /** Empty: open to all. Else one requirement of one scheme, with the one scope that it takes. */
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly 'x-audit': Audit;
  readonly 'x-max-range-days'?: number;
  readonly 'x-ignores-unknown-parameters'?: true;
}

export const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;
type Method = (typeof METHODS)[number];

export interface PathItem extends Partial<Readonly<Record<Method, Operation>>> {
  /** Of all operations of the path. */
  readonly parameters?: readonly (Parameter | Ref)[];
}

/** What a node is, or what it points to inside the same document. */
export const dereference = <T extends object>(document: SpecDocument, node: T | Ref): T => {
  if (!('$ref' in node) || typeof node.$ref !== 'string') return node as T;
  let target: unknown = document;
  for (const key of node.$ref.slice('#/'.length).split('/')) {
    target = (target as Record<string, unknown> | undefined)?.[key];
  }
  if (target === undefined) throw new Error(`${node.$ref} points to nothing`);
  return target as T;
};

export interface PlacedOperation {
  readonly path: string;
  readonly method: Method;
  readonly operation: Operation;
  /** Its own and those of its path. */
  readonly parameters: readonly Parameter[];
}

/** All operations, in the order of the document's paths. */
export const operationsOf = (document: SpecDocument): PlacedOperation[] =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).flatMap((key) => {
      const method = METHODS.find((known) => known === key);
      const operation = method && item[method];
      if (method === undefined || operation === undefined) return [];
      const parameters = new Map<string, Parameter>();
      for (const node of [...(item.parameters ?? []), ...(operation.parameters ?? [])]) {
        const parameter = dereference<Parameter>(document, node);
        // One of the operation takes the place of one of the path.
        parameters.set(`${parameter.in} ${parameter.name}`, parameter);
      }
      return [{ path, method, operation, parameters: [...parameters.values()] }];
    }),
  );
