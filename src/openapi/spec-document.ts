/** The parts of an OpenAPI document that the generator reads; everything else it leaves alone. */
export interface SpecDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface Ref {
  readonly $ref: string;
}

export interface Schema extends Partial<Ref> {
  readonly type?: string;
  readonly format?: string;
  readonly default?: unknown;
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

interface Header {
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface Response {
  readonly description: string;
  readonly headers?: Readonly<Record<string, Header>>;
  readonly content?: Readonly<Record<string, Media>>;
}

export interface RequestBody {
  readonly required?: boolean;
  readonly content: Readonly<Record<string, Media>>;
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly (Parameter | Ref)[];
  readonly requestBody?: RequestBody;
  readonly responses: Readonly<Record<string, Response | Ref>>;
}

/** What a node is, or what it points to inside the same document. */
export const dereference = <T extends object>(document: SpecDocument, node: T | Ref): T => {
  if (!('$ref' in node) || typeof node.$ref !== 'string') return node as T;
  let target: unknown = document;
  for (const key of node.$ref.slice('#/'.length).split('/')) {
    target = (target as Record<string, unknown>)[key];
  }
  if (target === undefined) throw new Error(`${node.$ref} points to nothing`);
  return target as T;
};
